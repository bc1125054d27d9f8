// The slant-range fallback: which way a camera looks, from where it is and
// where the middle of its picture lies, when no attitude is known.
//
// Thread-safe.
#ifndef SIGHTLINE_SERVICES_GEOREF_ENGINE_CAMERA_LINE_OF_SIGHT_H_
#define SIGHTLINE_SERVICES_GEOREF_ENGINE_CAMERA_LINE_OF_SIGHT_H_

#include "absl/status/statusor.h"
#include "services/georef/engine/camera/ellipsoid.h"
#include "services/georef/engine/camera/pose.h"

namespace sightline::georef {

struct LineOfSight {
  // From true north to the right, 0..360.
  double azimuth_deg = 0;
  // Above the camera's horizontal plane; negative looks down.
  double elevation_deg = 0;
  double range_m = 0;
};

// From `camera` to `target` (heights above the ellipsoid). `slant_range_m`, as
// measured, must agree with the distance to `tolerance_m`.
// Errors: InvalidArgument SLANT_RANGE_CONTRADICTORY (they differ by more, are
// not numbers, or the two places are the same).
absl::StatusOr<LineOfSight> FindLineOfSight(const GeoPoint& camera,
                                            const GeoPoint& target,
                                            double slant_range_m,
                                            double tolerance_m);

// `pose` with its attitude replaced: the optical axis looks along `line`, the
// image is turned by `image_roll_deg` (0: the horizon is level, which is an
// assumption that positions alone can't check). Position, heights and fields of
// view stay.
Pose WithLineOfSight(const Pose& pose, const LineOfSight& line,
                     double image_roll_deg);

}  // namespace sightline::georef

#endif  // SIGHTLINE_SERVICES_GEOREF_ENGINE_CAMERA_LINE_OF_SIGHT_H_
