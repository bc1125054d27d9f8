#include "services/georef/engine/metadata/metadata_value.h"

#include <array>
#include <map>
#include <string>
#include <utility>

namespace sightline::georef {
namespace {

struct Description {
  Quantity quantity;
  absl::string_view name;
  Unit unit;
};

using Q = Quantity;
constexpr std::array<Description, kQuantities> kDescriptions = {{
    {Q::kTimestamp, "timestamp", Unit::kMicroseconds},
    {Q::kPlatformHeading, "platform_heading", Unit::kDegrees},
    {Q::kPlatformPitch, "platform_pitch", Unit::kDegrees},
    {Q::kPlatformRoll, "platform_roll", Unit::kDegrees},
    {Q::kSensorLatitude, "sensor_latitude", Unit::kDegrees},
    {Q::kSensorLongitude, "sensor_longitude", Unit::kDegrees},
    {Q::kSensorAltitude, "sensor_altitude", Unit::kMetres},
    {Q::kSensorEllipsoidHeight, "sensor_ellipsoid_height", Unit::kMetres},
    {Q::kSensorUnstatedAltitude, "sensor_unstated_altitude", Unit::kMetres},
    {Q::kSensorHeightAboveTakeoff, "sensor_height_above_takeoff",
     Unit::kMetres},
    {Q::kHorizontalFieldOfView, "horizontal_field_of_view", Unit::kDegrees},
    {Q::kVerticalFieldOfView, "vertical_field_of_view", Unit::kDegrees},
    {Q::kSensorRelativeAzimuth, "sensor_relative_azimuth", Unit::kDegrees},
    {Q::kSensorRelativeElevation, "sensor_relative_elevation", Unit::kDegrees},
    {Q::kSensorRelativeRoll, "sensor_relative_roll", Unit::kDegrees},
    {Q::kGimbalYaw, "gimbal_yaw", Unit::kDegrees},
    {Q::kGimbalPitch, "gimbal_pitch", Unit::kDegrees},
    {Q::kGimbalRoll, "gimbal_roll", Unit::kDegrees},
    {Q::kImageDirectionTrue, "image_direction_true", Unit::kDegrees},
    {Q::kImageDirectionMagnetic, "image_direction_magnetic", Unit::kDegrees},
    {Q::kSlantRange, "slant_range", Unit::kMetres},
    {Q::kTargetWidth, "target_width", Unit::kMetres},
    {Q::kFrameCenterLatitude, "frame_center_latitude", Unit::kDegrees},
    {Q::kFrameCenterLongitude, "frame_center_longitude", Unit::kDegrees},
    {Q::kFrameCenterElevation, "frame_center_elevation", Unit::kMetres},
    {Q::kFrameCenterEllipsoidHeight, "frame_center_ellipsoid_height",
     Unit::kMetres},
    {Q::kTargetLatitude, "target_latitude", Unit::kDegrees},
    {Q::kTargetLongitude, "target_longitude", Unit::kDegrees},
    {Q::kTargetElevation, "target_elevation", Unit::kMetres},
    {Q::kCorner1LatitudeOffset, "corner_1_latitude_offset", Unit::kDegrees},
    {Q::kCorner1LongitudeOffset, "corner_1_longitude_offset", Unit::kDegrees},
    {Q::kCorner2LatitudeOffset, "corner_2_latitude_offset", Unit::kDegrees},
    {Q::kCorner2LongitudeOffset, "corner_2_longitude_offset", Unit::kDegrees},
    {Q::kCorner3LatitudeOffset, "corner_3_latitude_offset", Unit::kDegrees},
    {Q::kCorner3LongitudeOffset, "corner_3_longitude_offset", Unit::kDegrees},
    {Q::kCorner4LatitudeOffset, "corner_4_latitude_offset", Unit::kDegrees},
    {Q::kCorner4LongitudeOffset, "corner_4_longitude_offset", Unit::kDegrees},
    {Q::kCorner1Latitude, "corner_1_latitude", Unit::kDegrees},
    {Q::kCorner1Longitude, "corner_1_longitude", Unit::kDegrees},
    {Q::kCorner2Latitude, "corner_2_latitude", Unit::kDegrees},
    {Q::kCorner2Longitude, "corner_2_longitude", Unit::kDegrees},
    {Q::kCorner3Latitude, "corner_3_latitude", Unit::kDegrees},
    {Q::kCorner3Longitude, "corner_3_longitude", Unit::kDegrees},
    {Q::kCorner4Latitude, "corner_4_latitude", Unit::kDegrees},
    {Q::kCorner4Longitude, "corner_4_longitude", Unit::kDegrees},
    {Q::kLocalSetVersion, "local_set_version", Unit::kNone},
}};

constexpr bool IsInOrder() {
  for (int i = 0; i < kQuantities; ++i) {
    if (static_cast<int>(kDescriptions[i].quantity) != i) return false;
  }
  return true;
}
static_assert(IsInOrder(), "one description each, in the enum's order");

const Description& Describe(Quantity quantity) {
  return kDescriptions[static_cast<int>(quantity)];
}

}  // namespace

absl::string_view NameOf(Quantity quantity) { return Describe(quantity).name; }

Unit UnitOf(Quantity quantity) { return Describe(quantity).unit; }

absl::string_view NameOf(Unit unit) {
  switch (unit) {
    case Unit::kNone:
      return "";
    case Unit::kDegrees:
      return "deg";
    case Unit::kMetres:
      return "m";
    case Unit::kMicroseconds:
      return "us";
  }
  return "";
}

absl::string_view NameOf(MetadataSource source) {
  switch (source) {
    case MetadataSource::kLocalSet:
      return "MISB ST 0601";
    case MetadataSource::kExif:
      return "EXIF";
    case MetadataSource::kXmp:
      return "XMP";
    case MetadataSource::kOverlay:
      return "the overlay";
    case MetadataSource::kRequest:
      return "the request";
    case MetadataSource::kAssumed:
      return "an assumption";
    case MetadataSource::kDerived:
      return "other values";
  }
  return "";
}

absl::string_view NameOf(Doubt doubt) {
  switch (doubt) {
    case Doubt::kNone:
      return "none";
    case Doubt::kUnknown:
      return "unknown";
    case Doubt::kOutOfRange:
      return "out of range";
    case Doubt::kOffEarth:
      return "off the earth";
    case Doubt::kErrorCode:
      return "error code";
    case Doubt::kMalformed:
      return "malformed";
    case Doubt::kContradictory:
      return "contradictory";
    case Doubt::kReferenceUnclear:
      return "reference unclear";
    case Doubt::kUnreadable:
      return "unreadable";
    case Doubt::kUnsteady:
      return "unsteady";
  }
  return "";
}

const MetadataValue* FindTrusted(absl::Span<const MetadataValue> values,
                                 Quantity quantity) {
  const MetadataValue* best = nullptr;
  for (const MetadataValue& value : values) {
    if (value.quantity != quantity || !value.is_trusted()) continue;
    if (best == nullptr || value.resolution < best->resolution) best = &value;
  }
  return best;
}

void DoubtContradictions(absl::Span<MetadataValue> values) {
  // A map: a hostile source may repeat one tag many thousand times.
  struct Said {
    const MetadataValue* first;
    bool differs;
  };
  std::map<std::pair<Quantity, absl::string_view>, Said> said;
  for (const MetadataValue& value : values) {
    const std::pair<Quantity, absl::string_view> key = {value.quantity,
                                                        value.origin};
    const auto [entry, is_new] = said.try_emplace(key, Said{&value, false});
    if (!is_new && entry->second.first->value != value.value) {
      entry->second.differs = true;
    }
  }
  for (MetadataValue& value : values) {
    if (said.at({value.quantity, value.origin}).differs) {
      value.doubt = Doubt::kContradictory;
    }
  }
}

}  // namespace sightline::georef
