// What a source says of the camera and the ground: one type for all sources.
//
// Nothing is guessed. A source that names a quantity but has no value for it
// (an error code, a damaged number) leaves a MetadataValue without value and
// with the doubt, so that a reader can tell "not said" from "said to be
// unknown". A value that is there may be doubtful, too.
#ifndef SIGHTLINE_SERVICES_GEOREF_ENGINE_METADATA_METADATA_VALUE_H_
#define SIGHTLINE_SERVICES_GEOREF_ENGINE_METADATA_METADATA_VALUE_H_

#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace sightline::georef {

// Latitudes and longitudes are geodetic, WGS84, north and east positive.
enum class Quantity {
  // Since 1970, UTC, as the source counts it.
  kTimestamp,
  // Of the platform: heading clockwise from true north, nose up positive,
  // right wing down positive.
  kPlatformHeading,
  kPlatformPitch,
  kPlatformRoll,
  kSensorLatitude,
  kSensorLongitude,
  // Above mean sea level.
  kSensorAltitude,
  // Above the WGS84 ellipsoid.
  kSensorEllipsoidHeight,
  // Above a level that the source does not state.
  kSensorUnstatedAltitude,
  // Above the place of take-off.
  kSensorHeightAboveTakeoff,
  kHorizontalFieldOfView,
  kVerticalFieldOfView,
  // Of the sensor against the platform: azimuth clockwise seen from above,
  // elevation negative below the platform's plane.
  kSensorRelativeAzimuth,
  kSensorRelativeElevation,
  kSensorRelativeRoll,
  // Of the sensor against the ground, as drones write it.
  kGimbalYaw,
  kGimbalPitch,
  kGimbalRoll,
  // Where the picture's top points, clockwise from north.
  kImageDirectionTrue,
  kImageDirectionMagnetic,
  kSlantRange,
  kTargetWidth,
  kFrameCenterLatitude,
  kFrameCenterLongitude,
  // Above mean sea level.
  kFrameCenterElevation,
  // Above the WGS84 ellipsoid.
  kFrameCenterEllipsoidHeight,
  kTargetLatitude,
  kTargetLongitude,
  // Above mean sea level.
  kTargetElevation,
  // Against the frame's centre. Corner 1 is the picture's upper left one, the
  // others follow clockwise.
  kCorner1LatitudeOffset,
  kCorner1LongitudeOffset,
  kCorner2LatitudeOffset,
  kCorner2LongitudeOffset,
  kCorner3LatitudeOffset,
  kCorner3LongitudeOffset,
  kCorner4LatitudeOffset,
  kCorner4LongitudeOffset,
  kCorner1Latitude,
  kCorner1Longitude,
  kCorner2Latitude,
  kCorner2Longitude,
  kCorner3Latitude,
  kCorner3Longitude,
  kCorner4Latitude,
  kCorner4Longitude,
  // Of MISB ST 0601: 0 is a draft.
  kLocalSetVersion,
};
inline constexpr int kQuantities =
    static_cast<int>(Quantity::kLocalSetVersion) + 1;

enum class Unit { kNone, kDegrees, kMetres, kMicroseconds };

enum class MetadataSource {
  kLocalSet,
  kExif,
  kXmp,
  kOverlay,
  // Whoever asks.
  kRequest,
  // Nobody: what whoever asks allowed to be assumed.
  kAssumed,
  // Computed from other values.
  kDerived
};

enum class Doubt {
  kNone,
  // The source says that it does not know.
  kUnknown,
  // The source says that the value does not fit, or it is beyond what the
  // quantity can be.
  kOutOfRange,
  // The source says that the line of sight does not meet the ground.
  kOffEarth,
  // The source says that its instrument failed, or gives a reserved code.
  kErrorCode,
  // The bytes are no value of the kind that belongs there.
  kMalformed,
  // The source says two different things.
  kContradictory,
  // The source does not state the level, the datum or the north it counts
  // from, or states another than this quantity's.
  kReferenceUnclear,
  // It is shown in the picture, or should be, and cannot be read.
  kUnreadable,
  // It does not follow from the frames before.
  kUnsteady,
};

struct MetadataValue {
  Quantity quantity = Quantity::kTimestamp;
  // In UnitOf(quantity). Empty where the source names the quantity without
  // having it.
  std::optional<double> value;
  MetadataSource source = MetadataSource::kLocalSet;
  // Where in the source: "tag 5", "GPSLatitude", "drone-dji:FlightYawDegree".
  std::string origin;
  // The smallest step that the source can tell, in the unit of the value; how
  // finely it is written, not how well it was measured. 0 without a value.
  double resolution = 0;
  Doubt doubt = Doubt::kNone;
  // 0..1, how sure it was read; 1 for what is written as a number.
  double confidence = 1;

  // Whether the value may be used as it is.
  bool is_trusted() const { return value.has_value() && doubt == Doubt::kNone; }
};

// "platform_heading".
absl::string_view NameOf(Quantity quantity);
Unit UnitOf(Quantity quantity);
// "deg", "m", "us", "".
absl::string_view NameOf(Unit unit);
absl::string_view NameOf(MetadataSource source);
absl::string_view NameOf(Doubt doubt);

// The trusted value of `quantity` with the finest resolution; null if there is
// none. It points into `values`.
const MetadataValue* FindTrusted(absl::Span<const MetadataValue> values,
                                 Quantity quantity);

// Marks values of one quantity from one origin that differ as contradictory:
// none of them is better than the other.
void DoubtContradictions(absl::Span<MetadataValue> values);

}  // namespace sightline::georef

#endif  // SIGHTLINE_SERVICES_GEOREF_ENGINE_METADATA_METADATA_VALUE_H_
