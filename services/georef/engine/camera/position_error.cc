#include "services/georef/engine/camera/position_error.h"

#include <algorithm>
#include <cmath>
#include <functional>

#include "absl/strings/str_cat.h"
#include "common/status/error.h"
#include "common/status/status_macros.h"
#include "services/georef/engine/camera/ground_camera.h"
#include "services/georef/engine/camera/reasons.h"

namespace sightline::georef {
namespace {

// Degrees or metres: beyond it nobody knows anything, and the differences that
// are taken mean nothing.
constexpr double kMostDeviation = 10000;

// `pose` moved along the ground by metres east and north.
void MoveHorizontally(Pose& pose, double east_m, double north_m) {
  const GeoPoint place{pose.longitude_deg, pose.latitude_deg, 0};
  const GeoPoint moved = ToGeodetic(
      ToEarthCentred(place) + EastNorthUp(place).Apply({east_m, north_m, 0}));
  pose.longitude_deg = moved.longitude_deg;
  pose.latitude_deg = moved.latitude_deg;
}

struct Source {
  const char* name;
  double deviation;
  std::function<void(Pose&, double)> move;
};

}  // namespace

absl::StatusOr<PositionErrorEstimator> PositionErrorEstimator::Create(
    const Pose& pose, PixelSize frame, const PoseUncertainty& uncertainty) {
  const PoseUncertainty& u = uncertainty;
  const Source sources[] = {
      {"horizontal_m", u.horizontal_m,
       [](Pose& p, double d) { MoveHorizontally(p, d, 0); }},
      {"horizontal_m", u.horizontal_m,
       [](Pose& p, double d) { MoveHorizontally(p, 0, d); }},
      {"height_m", u.height_m, [](Pose& p, double d) { p.height.metres += d; }},
      {"heading_deg", u.heading_deg,
       [](Pose& p, double d) {
         p.heading.degrees = std::remainder(p.heading.degrees + d, 360.0);
       }},
      {"pitch_deg", u.pitch_deg, [](Pose& p, double d) { p.pitch_deg += d; }},
      {"roll_deg", u.roll_deg, [](Pose& p, double d) { p.roll_deg += d; }},
      {"sensor_azimuth_deg", u.sensor_azimuth_deg,
       [](Pose& p, double d) {
         p.sensor_azimuth_deg = std::remainder(p.sensor_azimuth_deg + d, 360.0);
       }},
      {"sensor_elevation_deg", u.sensor_elevation_deg,
       [](Pose& p, double d) { p.sensor_elevation_deg += d; }},
      {"sensor_roll_deg", u.sensor_roll_deg,
       [](Pose& p, double d) {
         p.sensor_roll_deg = std::remainder(p.sensor_roll_deg + d, 360.0);
       }},
      {"horizontal_field_of_view_deg", u.horizontal_field_of_view_deg,
       [](Pose& p, double d) { p.horizontal_field_of_view_deg += d; }},
      // Of square pixels it is no value of its own.
      {"vertical_field_of_view_deg", u.vertical_field_of_view_deg,
       [](Pose& p, double d) {
         if (p.vertical_field_of_view_deg.has_value()) {
           *p.vertical_field_of_view_deg += d;
         }
       }},
      {"ground_height_m", u.ground_height_m,
       [](Pose& p, double d) { p.ground.metres += d; }},
  };
  SL_ASSIGN_OR_RETURN(const GroundCamera camera,
                      GroundCamera::Create(pose, frame));
  PositionErrorEstimator estimator(camera);
  for (const Source& source : sources) {
    if (!(source.deviation >= 0 && source.deviation <= kMostDeviation)) {
      return Error(absl::StatusCode::kInvalidArgument, kPoseInvalid)
          .Field(absl::StrCat("uncertainty.", source.name),
                 absl::StrCat("is ", source.deviation, ", must be 0..",
                              kMostDeviation));
    }
    if (source.deviation == 0) continue;
    Pose less = pose;
    source.move(less, -source.deviation);
    Pose more = pose;
    source.move(more, source.deviation);
    SL_ASSIGN_OR_RETURN(const GroundCamera less_camera,
                        GroundCamera::Create(less, frame));
    SL_ASSIGN_OR_RETURN(const GroundCamera more_camera,
                        GroundCamera::Create(more, frame));
    estimator.moved_.push_back(
        {source.name, source.deviation, less_camera, more_camera});
  }
  return estimator;
}

absl::StatusOr<PositionError> PositionErrorEstimator::Estimate(
    PixelPoint pixel) const {
  SL_ASSIGN_OR_RETURN(const GroundHit middle, camera_.Ground(pixel));
  const Rotation local = EastNorthUp(middle.place);
  PositionError error;
  for (const MovedCameras& moved : moved_) {
    const std::optional<GroundHit> less = moved.less.Trace(pixel);
    const std::optional<GroundHit> more = moved.more.Trace(pixel);
    if (!less.has_value() || !more.has_value()) {
      return Error(absl::StatusCode::kOutOfRange, kPixelAboveHorizon)
          .Message(absl::StrCat("pixel (", pixel.x, ", ", pixel.y,
                                ") may look above the horizon: ", moved.name,
                                " is known to ", moved.deviation, " only"));
    }
    const Vector3 half =
        0.5 * local.ApplyInverse(more->position - less->position);
    error.east_east_m2 += half.x * half.x;
    error.north_north_m2 += half.y * half.y;
    error.east_north_m2 += half.x * half.y;
  }
  const double mean = (error.east_east_m2 + error.north_north_m2) / 2;
  const double half_difference =
      (error.north_north_m2 - error.east_east_m2) / 2;
  const double root = std::hypot(half_difference, error.east_north_m2);
  error.semi_major_m = std::sqrt(mean + root);
  error.semi_minor_m = std::sqrt(std::max(0.0, mean - root));
  error.orientation_deg =
      std::atan2(error.east_north_m2, half_difference) / 2 / kDegree;
  if (error.orientation_deg < 0) error.orientation_deg += 180;
  error.radial_m = std::sqrt(2 * mean);
  return error;
}

absl::StatusOr<PositionError> EstimatePositionError(
    const Pose& pose, PixelSize frame, PixelPoint pixel,
    const PoseUncertainty& uncertainty) {
  SL_ASSIGN_OR_RETURN(const PositionErrorEstimator estimator,
                      PositionErrorEstimator::Create(pose, frame, uncertainty));
  return estimator.Estimate(pixel);
}

}  // namespace sightline::georef
