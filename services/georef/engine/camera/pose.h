// Where a camera is and which way it looks, with everything said that is
// usually left to be guessed: above what a height is measured, and from which
// north a heading.
//
// Angles are degrees, lengths metres. Platform axes: x forward, y to the right
// wing, z down; positive heading turns right, positive pitch raises the nose,
// positive roll lowers the right wing. The sensor turns by azimuth (right),
// elevation (negative looks down) and roll relative to the platform, in this
// order (MISB ST 0601 tags 5-7 and 18-20). A camera that looks straight down
// from a level platform, with the platform's nose at the top of the image, has
// elevation -90.
#ifndef SIGHTLINE_SERVICES_GEOREF_ENGINE_CAMERA_POSE_H_
#define SIGHTLINE_SERVICES_GEOREF_ENGINE_CAMERA_POSE_H_

#include <optional>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "services/georef/engine/camera/ellipsoid.h"

namespace sightline::georef {

enum class HeightReference {
  // Refused: a height without a reference is a guess of up to 100 m.
  kUnstated,
  // Above the WGS84 ellipsoid, as satellite receivers measure.
  kEllipsoid,
  // Above mean sea level; needs the geoid's height.
  kGeoid,
};

struct Height {
  double metres = 0;
  HeightReference reference = HeightReference::kUnstated;
  // Height of the geoid above the ellipsoid at the place (the "undulation",
  // -110..90 m); needed for kGeoid.
  std::optional<double> geoid_height_m;
};

enum class NorthReference {
  // Refused.
  kUnstated,
  kTrue,
  // The grid of a map projection; needs the convergence.
  kGrid,
  // A compass; needs the declination.
  kMagnetic,
};

struct Heading {
  double degrees = 0;
  NorthReference reference = NorthReference::kUnstated;
  // Grid north east of true north, positive; needed for kGrid.
  std::optional<double> convergence_deg;
  // Magnetic north east of true north, positive; needed for kMagnetic.
  std::optional<double> declination_deg;
};

struct Pose {
  double longitude_deg = 0;
  double latitude_deg = 0;
  Height height;
  Heading heading;
  double pitch_deg = 0;
  double roll_deg = 0;
  double sensor_azimuth_deg = 0;
  double sensor_elevation_deg = 0;
  double sensor_roll_deg = 0;
  double horizontal_field_of_view_deg = 0;
  // Without it pixels are square.
  std::optional<double> vertical_field_of_view_deg;
  // Of the ground in view; one height for a frame.
  Height ground;
};

// Metres above the ellipsoid. `field` names the height in errors.
// Errors: InvalidArgument CAMERA_POSE_INVALID (no reference, no geoid height,
// not a number, beyond -1,000..100,000 m).
absl::StatusOr<double> EllipsoidalHeight(const Height& height,
                                         absl::string_view field);

// Degrees from true north: grid heading plus convergence, or magnetic heading
// plus declination. Errors: InvalidArgument CAMERA_POSE_INVALID.
absl::StatusOr<double> TrueHeading(const Heading& heading);

// Whether every value is a number within its range (all that are wrong are
// named) and the camera is above its ground.
// Errors: InvalidArgument with CAMERA_POSE_INVALID, CAMERA_BELOW_GROUND or
// TOO_NEAR_POLE (within 0.01 degrees, where headings lose their meaning).
absl::Status CheckPose(const Pose& pose);

}  // namespace sightline::georef

#endif  // SIGHTLINE_SERVICES_GEOREF_ENGINE_CAMERA_POSE_H_
