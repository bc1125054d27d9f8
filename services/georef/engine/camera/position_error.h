// How far a place on the ground may be off, given how well the pose is known.
//
// Every value of the pose is moved up and down by its standard deviation, one
// at a time, and the movement of the place is followed (central differences):
// the covariance is the sum of their squares. Values are taken as independent.
// Lens distortion, timing and ground that is not level are not included.
//
// Thread-safe.
#ifndef SIGHTLINE_SERVICES_GEOREF_ENGINE_CAMERA_POSITION_ERROR_H_
#define SIGHTLINE_SERVICES_GEOREF_ENGINE_CAMERA_POSITION_ERROR_H_

#include <vector>

#include "absl/status/statusor.h"
#include "common/geometry/homography.h"
#include "services/georef/engine/camera/ground_camera.h"
#include "services/georef/engine/camera/pose.h"

namespace sightline::georef {

// Standard deviations, each 0..10,000; 0 is "exact".
struct PoseUncertainty {
  // Of the camera's place, along east and along north each.
  double horizontal_m = 0;
  double height_m = 0;
  double heading_deg = 0;
  double pitch_deg = 0;
  double roll_deg = 0;
  double sensor_azimuth_deg = 0;
  double sensor_elevation_deg = 0;
  double sensor_roll_deg = 0;
  double horizontal_field_of_view_deg = 0;
  // Has no effect if pixels are square.
  double vertical_field_of_view_deg = 0;
  double ground_height_m = 0;
};

struct PositionError {
  // Covariance of the place, m2.
  double east_east_m2 = 0;
  double north_north_m2 = 0;
  double east_north_m2 = 0;
  // Axes of the standard ellipse, and where the longer one points: from true
  // north to the right, 0..180.
  double semi_major_m = 0;
  double semi_minor_m = 0;
  double orientation_deg = 0;
  // Root mean square distance from the true place.
  double radial_m = 0;
};

// The same for many pixels of a frame. Immutable, a value type.
class PositionErrorEstimator {
 public:
  // Errors: those of GroundCamera::Create(); InvalidArgument
  // CAMERA_POSE_INVALID (a deviation is negative, not a number or moves the
  // pose out of its range).
  static absl::StatusOr<PositionErrorEstimator> Create(
      const Pose& pose, PixelSize frame, const PoseUncertainty& uncertainty);

  // As EstimatePositionError(). Errors: those of GroundCamera::Ground();
  // OutOfRange PIXEL_ABOVE_HORIZON.
  absl::StatusOr<PositionError> Estimate(PixelPoint pixel) const;

 private:
  // One value of the pose moved down and up.
  struct MovedCameras {
    const char* name;
    double deviation;
    GroundCamera less;
    GroundCamera more;
  };

  explicit PositionErrorEstimator(const GroundCamera& camera)
      : camera_(camera) {}

  GroundCamera camera_;
  std::vector<MovedCameras> moved_;
};

// For the place that `pixel` shows. Errors: those of GroundCamera;
// InvalidArgument CAMERA_POSE_INVALID (a deviation is negative, not a number or
// moves the pose out of its range); OutOfRange PIXEL_ABOVE_HORIZON also when
// the place is lost within one standard deviation: then no figure would be
// honest.
absl::StatusOr<PositionError> EstimatePositionError(
    const Pose& pose, PixelSize frame, PixelPoint pixel,
    const PoseUncertainty& uncertainty);

}  // namespace sightline::georef

#endif  // SIGHTLINE_SERVICES_GEOREF_ENGINE_CAMERA_POSITION_ERROR_H_
