#include "services/georef/engine/raster/geo_raster.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "common/status/error.h"
#include "common/status/status_macros.h"
#include "services/georef/engine/features/reasons.h"
#include "services/georef/engine/projection/projector.h"
#include "services/georef/engine/raster/frame_map.h"
#include "services/georef/engine/raster/gdal_file.h"
#include "services/georef/engine/raster/north_up.h"
#include "services/georef/engine/raster/reasons.h"

namespace sightline::georef {
namespace {

absl::Status Invalid(const char* field, absl::string_view what) {
  return Error(absl::StatusCode::kInvalidArgument, kRasterOptionInvalid)
      .Field(field, what);
}

absl::Status CheckPixels(const FramePixels& pixels, PixelSize frame) {
  if (pixels.channels != 1 && pixels.channels != 3) {
    return Invalid("pixels.channels",
                   absl::StrCat("is ", pixels.channels, ", must be 1 or 3"));
  }
  if (pixels.values == nullptr ||
      pixels.stride < static_cast<ptrdiff_t>(pixels.width) * pixels.channels) {
    return Invalid("pixels", "are missing, or rows overlap");
  }
  if (pixels.width != frame.width || pixels.height != frame.height) {
    return Error(absl::StatusCode::kInvalidArgument, kMaskFrameMismatch)
        .Field("pixels", absl::StrCat("are ", pixels.width, " x ",
                                      pixels.height, ", the camera's frame ",
                                      frame.width, " x ", frame.height));
  }
  return absl::OkStatus();
}

absl::Status CheckOptions(const RasterOptions& options) {
  if (options.jpeg_quality < 1 || options.jpeg_quality > 100) {
    return Invalid("jpeg_quality", absl::StrCat("is ", options.jpeg_quality,
                                                ", must be 1..100"));
  }
  if (!(options.maximum_residual_pixels >= 0.01 &&
        options.maximum_residual_pixels <= 100)) {
    return Invalid("maximum_residual_pixels",
                   absl::StrCat("is ", options.maximum_residual_pixels,
                                ", must be 0.01..100"));
  }
  if (!(options.pixel_size >= 0 && options.pixel_size <= 1e6)) {
    return Invalid("pixel_size", absl::StrCat("is ", options.pixel_size,
                                              ", must be 0..1000000"));
  }
  if (options.maximum_pixels < 1 || options.maximum_pixels > (1 << 30)) {
    return Invalid("maximum_pixels", absl::StrCat("is ", options.maximum_pixels,
                                                  ", must be 1..2^30"));
  }
  if (options.format == RasterFormat::kCloudOptimised &&
      options.layout != RasterLayout::kNorthUp) {
    return Invalid("format",
                   "is cloud-optimised, which readers expect to be north-up; "
                   "ask for that layout");
  }
  return absl::OkStatus();
}

absl::Status NotAffine(const AffineFit& fit, double limit) {
  return Error(absl::StatusCode::kOutOfRange, kRasterNotAffine)
      .Message(absl::StrCat("no affine map lays the frame on the ground: the "
                            "best one is off by up to ",
                            fit.residual_pixels, " pixels (", fit.residual_m,
                            " m), at most ", limit,
                            " are allowed; ask for a north-up raster"))
      .With("residual_pixels", absl::StrCat(fit.residual_pixels))
      .With("residual_m", absl::StrCat(fit.residual_m))
      .With("limit", absl::StrCat(limit));
}

// The system asked for, or that of the frame's middle.
absl::StatusOr<int> EpsgOf(const GroundCamera& camera,
                           const RasterOptions& options) {
  if (options.epsg != 0) return options.epsg;
  SL_ASSIGN_OR_RETURN(
      const GroundHit middle,
      camera.Ground({camera.frame().width / 2, camera.frame().height / 2}));
  return UniversalEpsg({middle.place.longitude_deg, middle.place.latitude_deg});
}

}  // namespace

absl::StatusOr<RasterSize> GeoRasterSize(const GroundCamera& camera,
                                         const RasterOptions& options) {
  SL_RETURN_IF_ERROR(CheckOptions(options));
  if (options.layout == RasterLayout::kFrame) {
    return RasterSize{static_cast<int>(camera.frame().width),
                      static_cast<int>(camera.frame().height)};
  }
  SL_ASSIGN_OR_RETURN(const int epsg, EpsgOf(camera, options));
  SL_ASSIGN_OR_RETURN(const Projector projector, Projector::Create(epsg));
  SL_ASSIGN_OR_RETURN(const FrameSamples samples,
                      SampleFrame(camera, projector));
  return NorthUpSize(camera, projector, samples, options);
}

absl::StatusOr<GeoRaster> WriteGeoRaster(const FramePixels& pixels,
                                         const GroundCamera& camera,
                                         const RasterOptions& options,
                                         const StopToken& stop) {
  SL_RETURN_IF_ERROR(CheckPixels(pixels, camera.frame()));
  SL_RETURN_IF_ERROR(CheckOptions(options));
  GeoRaster raster;
  SL_ASSIGN_OR_RETURN(raster.epsg, EpsgOf(camera, options));
  SL_ASSIGN_OR_RETURN(const Projector projector,
                      Projector::Create(raster.epsg));
  SL_ASSIGN_OR_RETURN(const FrameSamples samples,
                      SampleFrame(camera, projector));
  RasterView view{pixels.values,   pixels.width, pixels.height,
                  pixels.channels, false,        pixels.stride};
  NorthUpPixels warped;
  if (options.layout == RasterLayout::kNorthUp) {
    SL_ASSIGN_OR_RETURN(
        warped, WarpNorthUp(pixels, camera, projector, samples, options, stop));
    view = {warped.values.data(),
            warped.width,
            warped.height,
            warped.channels,
            true,
            static_cast<ptrdiff_t>(warped.width) * warped.channels};
    raster.transform = warped.transform;
    raster.residual_m = warped.residual_m;
    raster.residual_pixels = warped.residual_pixels;
  } else {
    SL_ASSIGN_OR_RETURN(const AffineFit fit, FitAffine(samples, projector));
    if (!(fit.residual_pixels <= options.maximum_residual_pixels)) {
      return NotAffine(fit, options.maximum_residual_pixels);
    }
    raster.transform = fit.transform;
    raster.residual_m = fit.residual_m;
    raster.residual_pixels = fit.residual_pixels;
  }
  SL_RETURN_IF_ERROR(stop.Poll());
  raster.width = view.width;
  raster.height = view.height;
  SL_ASSIGN_OR_RETURN(
      raster.bytes,
      WriteGdalFile(view, raster.epsg, raster.transform, options.format,
                    options.compression, options.jpeg_quality));
  return raster;
}

}  // namespace sightline::georef
