#include "services/georef/frame_settings.h"

#include "absl/strings/str_cat.h"
#include "common/status/error.h"
#include "common/status/status_macros.h"
#include "services/georef/feature_message.h"
#include "services/georef/raster_message.h"
#include "services/georef/reasons.h"

namespace sightline::georef {
namespace {

constexpr char kDefaultStacItemId[] = "frame";
constexpr size_t kMaxStacItemIdBytes = 256;

// What requests of every kind have in common.
template <typename Message>
absl::StatusOr<FrameSettings> CommonOf(const Message& message,
                                       const std::string& prefix,
                                       const GeorefLimits& limits) {
  FrameSettings settings;
  SL_ASSIGN_OR_RETURN(
      settings.features,
      ToFeatureOptions(message.features(), absl::StrCat(prefix, "features"),
                       limits.max_vertices));
  SL_RETURN_IF_ERROR(
      CheckFeatureOutput(message.output(), absl::StrCat(prefix, "output")));
  settings.output = message.output();
  return settings;
}

// What requests with frames have, too.
template <typename Message>
absl::StatusOr<FrameSettings> WithFrame(const Message& message,
                                        const std::string& prefix,
                                        const GeorefLimits& limits) {
  SL_ASSIGN_OR_RETURN(FrameSettings settings,
                      CommonOf(message, prefix, limits));
  settings.model = message.segment().model();
  SL_RETURN_IF_ERROR(
      CheckRasterOutput(message.raster(), absl::StrCat(prefix, "raster")));
  settings.raster = message.raster();
  settings.return_mask = message.return_mask();
  return settings;
}

}  // namespace

absl::StatusOr<FrameSettings> FrameSettings::Of(
    const v1::ProcessRequest& request, const GeorefLimits& limits) {
  SL_ASSIGN_OR_RETURN(FrameSettings settings, WithFrame(request, "", limits));
  settings.return_stac_item = request.return_stac_item();
  settings.stac_item_id = request.stac_item_id().empty()
                              ? kDefaultStacItemId
                              : request.stac_item_id();
  if (settings.stac_item_id.size() > kMaxStacItemIdBytes) {
    return Error(absl::StatusCode::kInvalidArgument, kGeorefOptionInvalid)
        .Field("stac_item_id",
               absl::StrCat("has ", settings.stac_item_id.size(),
                            " bytes, at most ", kMaxStacItemIdBytes));
  }
  return settings;
}

absl::StatusOr<FrameSettings> FrameSettings::Of(
    const v1::GeoreferenceRequest& request, const GeorefLimits& limits) {
  return CommonOf(request, "", limits);
}

absl::StatusOr<FrameSettings> FrameSettings::Of(
    const v1::ProcessStreamSettings& settings, const GeorefLimits& limits) {
  return WithFrame(settings, "settings.", limits);
}

}  // namespace sightline::georef
