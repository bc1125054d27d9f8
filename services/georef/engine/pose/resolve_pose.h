// One pose from everything that is said of a frame's camera.
//
//   1. What the caller knows comes first, then the local set, the overlay, XMP
//      and EXIF. Among values of one source the finest resolution wins.
//   2. Only trusted values count (MetadataValue::is_trusted()).
//   3. Two sources of which one must be wrong are an error, not a choice. Small
//      differences, as of two instruments, are noted.
//   4. What nobody says is missing, and all that is missing is named, unless
//      the caller allows an assumption; each one made is reported as a value
//      with the source kAssumed.
#ifndef SIGHTLINE_SERVICES_GEOREF_ENGINE_POSE_RESOLVE_POSE_H_
#define SIGHTLINE_SERVICES_GEOREF_ENGINE_POSE_RESOLVE_POSE_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "services/georef/engine/camera/pose.h"
#include "services/georef/engine/metadata/metadata_value.h"

namespace sightline::georef {

// A pose as far as somebody knows it; fields as of Pose.
struct PartialPose {
  std::optional<double> longitude_deg;
  std::optional<double> latitude_deg;
  std::optional<Height> height;
  std::optional<Heading> heading;
  std::optional<double> pitch_deg;
  std::optional<double> roll_deg;
  std::optional<double> sensor_azimuth_deg;
  std::optional<double> sensor_elevation_deg;
  std::optional<double> sensor_roll_deg;
  std::optional<double> horizontal_field_of_view_deg;
  std::optional<double> vertical_field_of_view_deg;
  std::optional<Height> ground;
};

// What may be taken for granted where nobody says it.
struct PoseAssumptions {
  // Of the geoid above the ellipsoid, for heights above mean sea level.
  std::optional<double> geoid_height_m;
  // Of magnetic north, east of true north.
  std::optional<double> declination_deg;
  // Pitch, roll, sensor azimuth and sensor roll are 0.
  bool is_level = false;
  // The ground is at mean sea level.
  bool is_sea_level_ground = false;
  // The camera looks at the target or frame centre, with a level horizon.
  bool is_line_of_sight = false;
};

struct ResolvedPose {
  // Passed CheckPose().
  Pose pose;
  // Everything that was said, first what the caller knows, then `values` as
  // they came, then what was assumed or derived.
  struct Value {
    MetadataValue value;
    // Whether the pose was made of it.
    bool is_used = false;
  };
  std::vector<Value> values;
  // For a person: what was passed over or assumed, and why.
  std::vector<std::string> notes;
  bool is_line_of_sight = false;
};

// The pose that `known` and `values` describe. Errors: InvalidArgument
// POSE_INCOMPLETE (each missing field is named as in PartialPose, "pose.
// heading"), CAMERA_POSE_INVALID (an assumption that is out of its range, named
// by itself), METADATA_CONTRADICTORY, SLANT_RANGE_CONTRADICTORY, and those of
// CheckPose() with fields under "pose". Thread-safe.
absl::StatusOr<ResolvedPose> ResolvePose(const PartialPose& known,
                                         absl::Span<const MetadataValue> values,
                                         const PoseAssumptions& assumptions);

}  // namespace sightline::georef

#endif  // SIGHTLINE_SERVICES_GEOREF_ENGINE_POSE_RESOLVE_POSE_H_
