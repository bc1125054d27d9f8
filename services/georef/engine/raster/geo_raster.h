// A frame as a GeoTIFF in memory.
//
// By default the frame's own pixels, untouched, with an affine map that turns
// and scales them onto the ground: nothing is resampled, and for a camera that
// looks straight down nothing is lost. How far the affine map is from the
// camera's is measured and said; where that is too far (oblique views, flat
// angles) the frame is refused, and RasterLayout::kNorthUp, which resamples
// through the camera itself, is the way.
#ifndef SIGHTLINE_SERVICES_GEOREF_ENGINE_RASTER_GEO_RASTER_H_
#define SIGHTLINE_SERVICES_GEOREF_ENGINE_RASTER_GEO_RASTER_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "common/stop/stop_token.h"
#include "services/georef/engine/camera/ground_camera.h"

namespace sightline::georef {

// A view of 8-bit pixels, interleaved; the caller keeps them.
struct FramePixels {
  const uint8_t* values = nullptr;
  int width = 0;
  int height = 0;
  // 1 (gray) or 3 (red, green, blue).
  int channels = 3;
  // Bytes from one row to the next, at least width * channels.
  ptrdiff_t stride = 0;
};

enum class RasterLayout {
  // The untouched frame with an affine map.
  kFrame,
  // Resampled (bilinear), rows run west to east; what the frame does not show
  // is transparent.
  kNorthUp,
};

enum class RasterFormat {
  kGeoTiff,
  // Cloud-optimised, with overviews; north-up only.
  kCloudOptimised,
};

enum class RasterCompression { kJpeg, kDeflate, kZstd };

struct RasterOptions {
  RasterLayout layout = RasterLayout::kFrame;
  RasterFormat format = RasterFormat::kGeoTiff;
  RasterCompression compression = RasterCompression::kJpeg;
  // 1..100.
  int jpeg_quality = 85;
  // The coordinate system, projected or geographic; 0: the UTM zone (UPS near
  // the poles) of the frame's middle.
  int epsg = 0;
  // kFrame: the farthest that the affine map may be from the camera's, in
  // pixels of the frame; 0.01..100.
  double maximum_residual_pixels = 1;
  // kNorthUp: the side of a pixel in the system's units; 0: as the frame's
  // middle shows it.
  double pixel_size = 0;
  // kNorthUp: 1..2^30.
  int64_t maximum_pixels = 64'000'000;
};

struct GeoRaster {
  // The file.
  std::string bytes;
  int epsg = 0;
  int width = 0;
  int height = 0;
  // x = t[0] + column t[1] + row t[2], y = t[3] + column t[4] + row t[5]; in
  // the system's units, x east or longitude. Columns and rows corner-based.
  std::array<double, 6> transform = {};
  // The farthest that the raster is from where the camera sees the ground:
  // for kFrame of the affine map, for kNorthUp of the interpolated warp.
  // Measured on a grid over the frame; metres, and pixels of the frame.
  double residual_m = 0;
  double residual_pixels = 0;
};

// In pixels.
struct RasterSize {
  int width = 0;
  int height = 0;
};

// How large the raster of the camera's frame becomes: with north up that
// depends on how the frame is turned, how oblique it is, and the size of a
// pixel. Takes no time to speak of. Thread-safe. Errors: those of
// WriteGeoRaster() but RASTER_NOT_AFFINE and RASTER_NOT_WRITTEN.
absl::StatusOr<RasterSize> GeoRasterSize(const GroundCamera& camera,
                                         const RasterOptions& options);

// `pixels`: as large as the camera's frame. Thread-safe.
// Errors: InvalidArgument RASTER_OPTION_INVALID, UNKNOWN_COORDINATE_SYSTEM,
// MASK_FRAME_MISMATCH (pixels and the camera's frame differ in size);
// OutOfRange PIXEL_ABOVE_HORIZON (the frame shows the horizon, so it has no
// end on the map), RASTER_NOT_AFFINE, OUTSIDE_COORDINATE_SYSTEM;
// ResourceExhausted RASTER_TOO_LARGE; Internal RASTER_NOT_WRITTEN; why `stop`
// stopped.
absl::StatusOr<GeoRaster> WriteGeoRaster(const FramePixels& pixels,
                                         const GroundCamera& camera,
                                         const RasterOptions& options,
                                         const StopToken& stop);

}  // namespace sightline::georef

#endif  // SIGHTLINE_SERVICES_GEOREF_ENGINE_RASTER_GEO_RASTER_H_
