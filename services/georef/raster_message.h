// Pictures on the map, as requests ask for them and answers carry them.
//
// Everything is thread-safe.
#ifndef SIGHTLINE_SERVICES_GEOREF_RASTER_MESSAGE_H_
#define SIGHTLINE_SERVICES_GEOREF_RASTER_MESSAGE_H_

#include <cstdint>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/stop/stop_token.h"
#include "services/georef/decoded_frame.h"
#include "services/georef/engine/camera/ground_camera.h"
#include "services/georef/engine/raster/geo_raster.h"
#include "sightline/georef/v1/feature.pb.h"

namespace sightline::georef {

// A checked request's options. `path`: the message's place in the request.
// Errors: InvalidArgument GEOREF_OPTION_INVALID, UNKNOWN_COORDINATE_SYSTEM.
absl::StatusOr<RasterOptions> ToRasterOptions(const v1::RasterOutput& output,
                                              absl::string_view path);

// What WriteRaster() takes at most for a frame of a camera. Errors: those of
// GeoRasterSize(), under the field "raster".
absl::StatusOr<int64_t> RasterBytes(const RasterOptions& options,
                                    const GroundCamera& camera);

// Errors: those of WriteGeoRaster(), under the field "raster".
absl::StatusOr<GeoRaster> WriteRaster(const DecodedFrame& frame,
                                      const GroundCamera& camera,
                                      const RasterOptions& options,
                                      const StopToken& stop);

// Takes the raster's bytes along.
v1::Raster ToProto(GeoRaster raster);

}  // namespace sightline::georef

#endif  // SIGHTLINE_SERVICES_GEOREF_RASTER_MESSAGE_H_
