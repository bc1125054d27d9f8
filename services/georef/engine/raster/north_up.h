// Resamples a frame so that rows run west to east and columns north to south.
//
// Every pixel of the raster looks where the camera sees its place. That map is
// evaluated exactly at the corners of square cells and interpolated within;
// cells become smaller until their middles are right.
#ifndef SIGHTLINE_SERVICES_GEOREF_ENGINE_RASTER_NORTH_UP_H_
#define SIGHTLINE_SERVICES_GEOREF_ENGINE_RASTER_NORTH_UP_H_

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "common/stop/stop_token.h"
#include "services/georef/engine/raster/frame_map.h"
#include "services/georef/engine/raster/geo_raster.h"

namespace sightline::georef {

struct NorthUpPixels {
  // The frame's channels and, last, 255 where it shows the place, else 0.
  std::vector<uint8_t> values;
  int channels = 0;
  int width = 0;
  int height = 0;
  AffineTransform transform = {};
  // Of the interpolated map, in the frame's pixels and on the ground.
  double residual_pixels = 0;
  double residual_m = 0;
};

// The width and height that WarpNorthUp() gives. Errors: ResourceExhausted
// RASTER_TOO_LARGE.
absl::StatusOr<RasterSize> NorthUpSize(const GroundCamera& camera,
                                       const Projector& projector,
                                       const FrameSamples& samples,
                                       const RasterOptions& options);

// Errors: ResourceExhausted RASTER_TOO_LARGE; OutOfRange RASTER_NOT_AFFINE (it
// bends too much within a few pixels), OUTSIDE_COORDINATE_SYSTEM; why `stop`
// stopped.
absl::StatusOr<NorthUpPixels> WarpNorthUp(const FramePixels& pixels,
                                          const GroundCamera& camera,
                                          const Projector& projector,
                                          const FrameSamples& samples,
                                          const RasterOptions& options,
                                          const StopToken& stop);

}  // namespace sightline::georef

#endif  // SIGHTLINE_SERVICES_GEOREF_ENGINE_RASTER_NORTH_UP_H_
