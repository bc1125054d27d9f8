#include "services/georef/engine/camera/line_of_sight.h"

#include <cmath>

#include "absl/strings/str_cat.h"
#include "common/status/error.h"
#include "services/georef/engine/camera/reasons.h"

namespace sightline::georef {

absl::StatusOr<LineOfSight> FindLineOfSight(const GeoPoint& camera,
                                            const GeoPoint& target,
                                            double slant_range_m,
                                            double tolerance_m) {
  const Vector3 line = EastNorthUp(camera).ApplyInverse(ToEarthCentred(target) -
                                                        ToEarthCentred(camera));
  const double range = Length(line);
  // Written so that anything that is not a number fails.
  if (!(range > 0 && slant_range_m > 0 &&
        std::abs(range - slant_range_m) <= tolerance_m)) {
    return Error(absl::StatusCode::kInvalidArgument, kSlantRangeContradictory)
        .Field(
            "slant_range_m",
            absl::StrCat("is ", slant_range_m, " m, but camera and target are ",
                         range, " m apart; at most ", tolerance_m,
                         " m of difference are allowed"))
        .With("distance_m", absl::StrCat(range));
  }
  LineOfSight found;
  found.range_m = range;
  found.azimuth_deg = std::atan2(line.x, line.y) / kDegree;
  if (found.azimuth_deg < 0) found.azimuth_deg += 360;
  // A rounding error west of north.
  if (found.azimuth_deg >= 360) found.azimuth_deg = 0;
  found.elevation_deg =
      std::atan2(line.z, std::hypot(line.x, line.y)) / kDegree;
  return found;
}

Pose WithLineOfSight(const Pose& pose, const LineOfSight& line,
                     double image_roll_deg) {
  Pose result = pose;
  result.heading = {line.azimuth_deg, NorthReference::kTrue, {}, {}};
  result.pitch_deg = 0;
  result.roll_deg = 0;
  result.sensor_azimuth_deg = 0;
  result.sensor_elevation_deg = line.elevation_deg;
  result.sensor_roll_deg = image_roll_deg;
  return result;
}

}  // namespace sightline::georef
