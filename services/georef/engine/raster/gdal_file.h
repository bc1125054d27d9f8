// GDAL behind one border: pixels to the bytes of a file, in memory.
#ifndef SIGHTLINE_SERVICES_GEOREF_ENGINE_RASTER_GDAL_FILE_H_
#define SIGHTLINE_SERVICES_GEOREF_ENGINE_RASTER_GDAL_FILE_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "services/georef/engine/raster/geo_raster.h"

namespace sightline::georef {

// 8-bit pixels, interleaved, the last channel alpha if so said.
struct RasterView {
  const uint8_t* values = nullptr;
  int width = 0;
  int height = 0;
  int channels = 0;
  bool has_alpha = false;
  ptrdiff_t stride = 0;
};

// The file's bytes. With JPEG alpha becomes a mask within the file.
// Thread-safe. Errors: Internal RASTER_NOT_WRITTEN (what GDAL says).
absl::StatusOr<std::string> WriteGdalFile(
    const RasterView& view, int epsg, const std::array<double, 6>& transform,
    RasterFormat format, RasterCompression compression, int jpeg_quality);

}  // namespace sightline::georef

#endif  // SIGHTLINE_SERVICES_GEOREF_ENGINE_RASTER_GDAL_FILE_H_
