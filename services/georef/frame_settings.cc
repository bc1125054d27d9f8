#include "services/georef/frame_settings.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "common/status/error.h"
#include "common/status/status_macros.h"
#include "services/georef/feature_message.h"
#include "services/georef/raster_message.h"
#include "services/georef/reasons.h"

namespace sightline::georef {
namespace {

constexpr char kDefaultStacItemId[] = "frame";
constexpr size_t kMaxStacTextBytes = 2048;

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
  SL_ASSIGN_OR_RETURN(
      const RasterOptions raster,
      ToRasterOptions(message.raster(), absl::StrCat(prefix, "raster")));
  if (message.raster().format() != v1::RASTER_FORMAT_UNSPECIFIED) {
    settings.raster = raster;
  }
  settings.return_mask = message.return_mask();
  return settings;
}

}  // namespace

absl::StatusOr<FrameSettings> FrameSettings::Of(
    const v1::ProcessRequest& request, const GeorefLimits& limits) {
  SL_ASSIGN_OR_RETURN(FrameSettings settings, WithFrame(request, "", limits));
  if (!request.return_stac_item()) return settings;
  if (!settings.raster.has_value()) {
    return Error(absl::StatusCode::kInvalidArgument, kGeorefOptionInvalid)
        .Field("return_stac_item",
               "describes a raster: ask for one, or leave the item");
  }
  StacItemOptions& item = settings.stac_item.emplace();
  item.id = request.stac_item_id().empty() ? kDefaultStacItemId
                                           : request.stac_item_id();
  item.asset_href = request.stac_asset_href().empty()
                        ? absl::StrCat(item.id, ".tif")
                        : request.stac_asset_href();
  for (const auto& [field, text] :
       {std::pair("stac_item_id", &item.id),
        std::pair("stac_asset_href", &item.asset_href)}) {
    if (text->size() > kMaxStacTextBytes) {
      return Error(absl::StatusCode::kInvalidArgument, kGeorefOptionInvalid)
          .Field(field, absl::StrCat("has ", text->size(), " bytes, at most ",
                                     kMaxStacTextBytes));
    }
  }
  item.is_cloud_optimised =
      settings.raster->format == RasterFormat::kCloudOptimised;
  item.time = absl::InfinitePast();
  if (request.has_time()) {
    item.time = absl::FromUnixSeconds(request.time().seconds()) +
                absl::Nanoseconds(request.time().nanos());
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
