// How frames are to be processed: the checked form of what all frames of a
// request or stream share.
#ifndef SIGHTLINE_SERVICES_GEOREF_FRAME_SETTINGS_H_
#define SIGHTLINE_SERVICES_GEOREF_FRAME_SETTINGS_H_

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "services/georef/engine/features/build_features.h"
#include "services/georef/engine/raster/geo_raster.h"
#include "services/georef/engine/raster/stac_item.h"
#include "services/georef/georef_limits.h"
#include "sightline/georef/v1/georef.pb.h"

namespace sightline::georef {

struct FrameSettings {
  // The network's name; empty: the default one.
  std::string model;
  FeatureOptions features;
  v1::FeatureOutput output;
  // Set if a picture on the map is asked for.
  std::optional<RasterOptions> raster;
  bool return_mask = false;
  // Set if an item is asked for; its time is that of the metadata if it is
  // infinite.
  std::optional<StacItemOptions> stac_item;

  // `path`: prefix of field names in errors, such as "settings"; may be empty.
  // Errors: InvalidArgument GEOREF_OPTION_INVALID.
  static absl::StatusOr<FrameSettings> Of(const v1::ProcessRequest& request,
                                          const GeorefLimits& limits);
  static absl::StatusOr<FrameSettings> Of(
      const v1::GeoreferenceRequest& request, const GeorefLimits& limits);
  static absl::StatusOr<FrameSettings> Of(
      const v1::ProcessStreamSettings& settings, const GeorefLimits& limits);
};

}  // namespace sightline::georef

#endif  // SIGHTLINE_SERVICES_GEOREF_FRAME_SETTINGS_H_
