// The map from a frame's pixels to a coordinate system: exact, and the affine
// one that is nearest to it.
#ifndef SIGHTLINE_SERVICES_GEOREF_ENGINE_RASTER_FRAME_MAP_H_
#define SIGHTLINE_SERVICES_GEOREF_ENGINE_RASTER_FRAME_MAP_H_

#include <array>
#include <vector>

#include "absl/status/statusor.h"
#include "services/georef/engine/camera/ground_camera.h"
#include "services/georef/engine/projection/projector.h"

namespace sightline::georef {

// As GDAL has it: x = t[0] + column t[1] + row t[2], y likewise.
using AffineTransform = std::array<double, 6>;

// Places of the frame in a coordinate system, row by row on a regular grid
// that includes the frame's corners.
struct FrameSamples {
  static constexpr int kPerSide = 17;
  std::vector<PixelPoint> pixels;
  std::vector<GeoPoint> places;
  // x and y; where a geographic system is split by the antimeridian x goes on
  // beyond 180.
  std::vector<MapPoint> coordinates;
};

// Errors: OutOfRange PIXEL_ABOVE_HORIZON, OUTSIDE_COORDINATE_SYSTEM.
absl::StatusOr<FrameSamples> SampleFrame(const GroundCamera& camera,
                                         const Projector& projector);

struct AffineFit {
  AffineTransform transform = {};
  // The greatest distances of the samples from where the map puts them.
  double residual_m = 0;
  double residual_pixels = 0;
};

// By least squares. Errors: OutOfRange RASTER_NOT_AFFINE (the samples lie on a
// line).
absl::StatusOr<AffineFit> FitAffine(const FrameSamples& samples,
                                    const Projector& projector);

}  // namespace sightline::georef

#endif  // SIGHTLINE_SERVICES_GEOREF_ENGINE_RASTER_FRAME_MAP_H_
