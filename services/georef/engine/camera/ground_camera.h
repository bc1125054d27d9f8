// From a pixel of an aerial frame to the place on the ground that it shows,
// and back.
//
// A pinhole camera without lens distortion looks from a pose (pose.h) at ground
// of one geodetic height: the surface of all points that many metres above the
// WGS84 ellipsoid. Pixels are corner-based: (0, 0) is the outer corner of the
// first pixel, the optical axis passes (width / 2, height / 2).
//
//   d_sensor = (1, (u - width/2) / fx, (v - height/2) / fy)
//   fx = width / (2 tan(HFOV / 2)), fy likewise from VFOV, or fx
//   d = NorthEastDown * Platform * Sensor * d_sensor
//
// Rays that miss the ground, or meet it at less than 0.1 degrees, are refused:
// there a milliradian of attitude decides about kilometres.
//
// A value type; every method is const and thread-safe.
#ifndef SIGHTLINE_SERVICES_GEOREF_ENGINE_CAMERA_GROUND_CAMERA_H_
#define SIGHTLINE_SERVICES_GEOREF_ENGINE_CAMERA_GROUND_CAMERA_H_

#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "common/geometry/homography.h"
#include "services/georef/engine/camera/ellipsoid.h"
#include "services/georef/engine/camera/pose.h"

namespace sightline::georef {

// Where a ray meets the ground.
struct GroundHit {
  GeoPoint place;
  // The same, Earth-centred.
  Vector3 position;
  double slant_range_m = 0;
  // Between the ray and the horizontal plane at the place, 0.1..90.
  double grazing_deg = 0;
};

// How much ground a pixel covers.
struct GroundSampleDistance {
  // The longest and the shortest step on the ground for a step of one pixel.
  double longest_m = 0;
  double shortest_m = 0;
  // Of one pixel.
  double area_m2 = 0;
};

class GroundCamera {
 public:
  // `frame`: pixels, each side 1..100,000. Errors: those of CheckPose();
  // InvalidArgument PIXEL_INVALID (frame).
  static absl::StatusOr<GroundCamera> Create(const Pose& pose, PixelSize frame);

  // The place that `pixel` (any finite one, also outside the frame) shows; its
  // height is the ground's. Errors: InvalidArgument PIXEL_INVALID; OutOfRange
  // PIXEL_ABOVE_HORIZON.
  absl::StatusOr<GroundHit> Ground(PixelPoint pixel) const;

  // The same for loops: nullopt instead of an error.
  std::optional<GroundHit> Trace(PixelPoint pixel) const;

  // The pixel that shows `place`, which may have any height; it may lie
  // outside the frame. Errors: OutOfRange GROUND_NOT_VISIBLE (behind the
  // camera, or beyond the horizon); InvalidArgument PIXEL_INVALID (not a
  // number).
  absl::StatusOr<PixelPoint> Pixel(const GeoPoint& place) const;

  // The outline of the frame on the ground: from pixel (0, 0) along the top
  // edge and around, `points_per_edge` (1..10,000) places for each edge, the
  // first not repeated. Longitudes are -180..180 each: neighbours may lie on
  // both sides of the antimeridian. Errors: those of Ground().
  absl::StatusOr<std::vector<GeoPoint>> Footprint(int points_per_edge) const;

  // Exact, from the derivative of the map. Errors: those of Ground().
  absl::StatusOr<GroundSampleDistance> SampleDistance(PixelPoint pixel) const;

  // The ray of `pixel`, Earth-centred, not normalised: an affine function of
  // the pixel.
  Vector3 Direction(PixelPoint pixel) const;

  PixelSize frame() const { return frame_; }
  const GeoPoint& place() const { return place_; }
  // Of the ground, metres above the ellipsoid.
  double ground_height_m() const { return ground_height_m_; }

 private:
  GroundCamera() = default;

  PixelSize frame_;
  GeoPoint place_;
  Vector3 origin_;
  Rotation to_earth_;
  double focal_x_ = 1;
  double focal_y_ = 1;
  double ground_height_m_ = 0;
};

}  // namespace sightline::georef

#endif  // SIGHTLINE_SERVICES_GEOREF_ENGINE_CAMERA_GROUND_CAMERA_H_
