#include "services/georef/raster_message.h"

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/status/error.h"
#include "common/status/status_macros.h"
#include "services/georef/engine/projection/projector.h"
#include "services/georef/field_error.h"
#include "services/georef/reasons.h"

namespace sightline::georef {
namespace {

absl::Status Invalid(absl::string_view path, absl::string_view field,
                     absl::string_view what) {
  return Error(absl::StatusCode::kInvalidArgument, kGeorefOptionInvalid)
      .Field(absl::StrCat(path, ".", field), what);
}

}  // namespace

absl::StatusOr<RasterOptions> ToRasterOptions(const v1::RasterOutput& output,
                                              absl::string_view path) {
  RasterOptions options;
  switch (output.format()) {
    case v1::RASTER_FORMAT_UNSPECIFIED:
    case v1::RASTER_FORMAT_GEOTIFF:
      break;
    case v1::RASTER_FORMAT_GEOTIFF_NORTH_UP:
      options.layout = RasterLayout::kNorthUp;
      break;
    case v1::RASTER_FORMAT_COG:
      options.layout = RasterLayout::kNorthUp;
      options.format = RasterFormat::kCloudOptimised;
      break;
    default:
      return Invalid(path, "format", "is not a known one");
  }
  switch (output.compression()) {
    case v1::RASTER_COMPRESSION_UNSPECIFIED:
    case v1::RASTER_COMPRESSION_JPEG:
      break;
    case v1::RASTER_COMPRESSION_DEFLATE:
      options.compression = RasterCompression::kDeflate;
      break;
    case v1::RASTER_COMPRESSION_ZSTD:
      options.compression = RasterCompression::kZstd;
      break;
    default:
      return Invalid(path, "compression", "is not a known one");
  }
  if (output.quality() < 0 || output.quality() > 100) {
    return Invalid(path, "quality",
                   absl::StrCat("is ", output.quality(), ", must be 1..100"));
  }
  if (output.quality() > 0) options.jpeg_quality = output.quality();
  if (!(output.pixel_size() >= 0 && output.pixel_size() <= 1e6)) {
    return Invalid(
        path, "pixel_size",
        absl::StrCat("is ", output.pixel_size(), ", must be 0..1e6"));
  }
  options.pixel_size = output.pixel_size();
  if (output.epsg() != 0) {
    const absl::Status known = Projector::Create(output.epsg()).status();
    if (!known.ok()) return InField(known, absl::StrCat(path, ".epsg"));
    options.epsg = output.epsg();
  }
  return options;
}

absl::StatusOr<int64_t> RasterBytes(const RasterOptions& options,
                                    const GroundCamera& camera) {
  const absl::StatusOr<RasterSize> size = GeoRasterSize(camera, options);
  if (!size.ok()) return InField(size.status(), "raster");
  // Of a pixel with its alpha: warped, GDAL's copy, its file, which grows by
  // doubling or has overviews, and the copy of the file for the answer.
  const bool is_north_up = options.layout == RasterLayout::kNorthUp;
  const int64_t bytes_per_pixel = is_north_up ? 16 : 9;
  // Tiles in work, and codecs.
  constexpr int64_t kFixedBytes = int64_t{1} << 20;
  return int64_t{size->width} * size->height * bytes_per_pixel + kFixedBytes;
}

absl::StatusOr<GeoRaster> WriteRaster(const DecodedFrame& frame,
                                      const GroundCamera& camera,
                                      const RasterOptions& options,
                                      const StopToken& stop) {
  FramePixels pixels;
  pixels.width = frame.width();
  pixels.height = frame.height();
  pixels.channels = frame.rgb ? 3 : 1;
  pixels.values = frame.rgb ? frame.rgb->data() : frame.gray->data();
  pixels.stride = static_cast<ptrdiff_t>(pixels.channels) * pixels.width;
  absl::StatusOr<GeoRaster> raster =
      WriteGeoRaster(pixels, camera, options, stop);
  if (raster.ok() || !stop.Poll().ok()) return raster;
  return InField(raster.status(), "raster");
}

v1::Raster ToProto(GeoRaster raster) {
  v1::Raster message;
  message.set_content(std::move(raster.bytes));
  message.set_epsg(raster.epsg);
  message.set_width(raster.width);
  message.set_height(raster.height);
  for (const double number : raster.transform) {
    message.add_geo_transform(number);
  }
  message.set_transform_error_m(raster.residual_m);
  return message;
}

}  // namespace sightline::georef
