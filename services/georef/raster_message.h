// Pictures on the map, as answers carry them.
//
// Everything is thread-safe.
#ifndef SIGHTLINE_SERVICES_GEOREF_RASTER_MESSAGE_H_
#define SIGHTLINE_SERVICES_GEOREF_RASTER_MESSAGE_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/stop/stop_token.h"
#include "services/georef/engine/camera/ground_camera.h"
#include "services/georef/engine/pose/resolve_pose.h"
#include "services/georef/frame_pixels.h"
#include "sightline/georef/v1/feature.pb.h"

namespace sightline::georef {

// Whether a picture can be written so. Errors: InvalidArgument
// GEOREF_OPTION_INVALID.
absl::Status CheckRasterOutput(const v1::RasterOutput& output,
                               absl::string_view path);

// The most bytes that WriteRaster() takes.
int64_t RasterBytes(const v1::RasterOutput& output, int width, int height);

// `pixels` as `output` (checked) wants them.
absl::StatusOr<v1::Raster> WriteRaster(const FramePixels& pixels,
                                       const GroundCamera& camera,
                                       const v1::RasterOutput& output,
                                       const StopToken& stop);

// A STAC Item, JSON. `raster`: null if there is none.
absl::StatusOr<std::string> WriteStacItem(const std::string& id,
                                          const GroundCamera& camera,
                                          const ResolvedPose& pose,
                                          const v1::Raster* raster);

}  // namespace sightline::georef

#endif  // SIGHTLINE_SERVICES_GEOREF_RASTER_MESSAGE_H_
