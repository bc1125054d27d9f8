#include "services/georef/raster_message.h"

#include "common/status/error.h"
#include "services/georef/reasons.h"

namespace sightline::georef {

absl::Status CheckRasterOutput(const v1::RasterOutput& output,
                               absl::string_view path) {
  if (output.format() == v1::RASTER_FORMAT_UNSPECIFIED) return absl::OkStatus();
  return Error(absl::StatusCode::kInvalidArgument, kGeorefOptionInvalid)
      .Field(path, "is not written yet");
}

int64_t RasterBytes(const v1::RasterOutput&, int, int) { return 0; }

absl::StatusOr<v1::Raster> WriteRaster(const FramePixels&, const GroundCamera&,
                                       const v1::RasterOutput&,
                                       const StopToken&) {
  return v1::Raster();
}

absl::StatusOr<std::string> WriteStacItem(const std::string&,
                                          const GroundCamera&,
                                          const ResolvedPose&,
                                          const v1::Raster*) {
  return std::string();
}

}  // namespace sightline::georef
