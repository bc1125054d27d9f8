// The map from pixels to the ground as a small table, with a certificate.
//
// Thousands of polygon vertices of one frame need their place on the ground.
// A GroundGrid evaluates the camera exactly at the nodes of a grid and
// interpolates in between. What is interpolated, by a biquadratic polynomial in
// every cell, is only what the Earth's curvature adds: the perspective map to
// the plane that touches the ground in the middle of the region is exact
// everywhere. It says how wrong the result can be: the error is measured in
// every cell at the places where the error of quadratic interpolation is
// greatest (1/sqrt(3) of the way from a node to the next), doubled, and
// believed only if it shrinks from one grid to the next finer one as theory
// says.
//
// Immutable and thread-safe after Create().
#ifndef SIGHTLINE_SERVICES_GEOREF_ENGINE_CAMERA_GROUND_GRID_H_
#define SIGHTLINE_SERVICES_GEOREF_ENGINE_CAMERA_GROUND_GRID_H_

#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "services/georef/engine/camera/ground_camera.h"

namespace sightline::georef {

// A rectangle of pixels, corner-based.
struct PixelRegion {
  double left = 0;
  double top = 0;
  double right = 0;
  double bottom = 0;
};

class GroundGrid {
 public:
  static constexpr int kMostCells = 128;

  // `region`: within the frame, not empty. `tolerance_m`: 0.0001..1,000.
  // Refined until error_bound_m() is at most the tolerance: up to `most_cells`
  // (8..128) a side; n cells cost 16 n^2 exact mappings.
  // Errors: InvalidArgument PIXEL_INVALID; OutOfRange PIXEL_ABOVE_HORIZON
  // (cut the region below the horizon), MAPPING_TOLERANCE_MISSED;
  // InvalidArgument TOO_NEAR_POLE (within 0.5 degrees, where longitudes can't
  // be interpolated).
  static absl::StatusOr<GroundGrid> Create(const GroundCamera& camera,
                                           const PixelRegion& region,
                                           double tolerance_m,
                                           int most_cells = kMostCells);

  // Where `pixel` lies on the ground; nullopt outside the region. Longitude
  // -180..180.
  std::optional<GeoPoint> Map(PixelPoint pixel) const;

  // No place that Map() gives is farther than this from the exact one.
  double error_bound_m() const { return error_bound_m_; }
  int cells_per_side() const { return cells_; }

 private:
  struct Node {
    // What the plane's place lacks.
    double longitude_deg;
    double latitude_deg;
  };

  GroundGrid() = default;
  GeoPoint PlaceOnPlane(PixelPoint pixel) const;
  absl::Status Fill(const GroundCamera& camera);
  absl::StatusOr<double> Measure(const GroundCamera& camera) const;

  PixelRegion region_;
  // Where the plane touches the ground; the rest is in its east, north and up.
  GeoPoint middle_;
  Vector3 camera_;
  Vector3 ray_;
  Vector3 ray_per_x_;
  Vector3 ray_per_y_;
  double degrees_per_metre_east_ = 0;
  double degrees_per_metre_north_ = 0;
  int cells_ = 0;
  double error_bound_m_ = 0;
  std::vector<Node> nodes_;  // (2 cells + 1) squared, row by row
};

}  // namespace sightline::georef

#endif  // SIGHTLINE_SERVICES_GEOREF_ENGINE_CAMERA_GROUND_GRID_H_
