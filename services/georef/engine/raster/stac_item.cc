#include "services/georef/engine/raster/stac_item.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "common/status/error.h"
#include "services/georef/engine/features/geojson.h"
#include "services/georef/engine/raster/reasons.h"

namespace sightline::georef {
namespace {

absl::Status Invalid(const char* field, absl::string_view what) {
  return Error(absl::StatusCode::kInvalidArgument, kRasterOptionInvalid)
      .Field(field, what);
}

}  // namespace

absl::StatusOr<std::string> ToStacItem(const GeoRaster& raster,
                                       const FeatureSet& footprint,
                                       const StacItemOptions& options) {
  if (options.id.empty()) return Invalid("id", "is empty");
  if (options.asset_href.empty()) return Invalid("asset_href", "is empty");
  if (options.time == absl::InfinitePast() ||
      options.time == absl::InfiniteFuture()) {
    return Invalid("time", "is infinite");
  }
  if (footprint.features.size() != 1) {
    return Invalid("footprint",
                   "is not one feature: the frame shows no ground");
  }
  const Feature& feature = footprint.features[0];
  std::string json = R"({"type":"Feature","stac_version":"1.0.0",)"
                     R"("stac_extensions":["https://stac-extensions.github.io/)"
                     R"(projection/v1.1.0/schema.json"],"id":)";
  AppendJsonString(options.id, json);
  json += ',';
  AppendGeoJsonBox(feature.box, json);
  json += ',';
  AppendGeoJsonGeometry(footprint, feature, json);
  json += R"(,"properties":{"datetime":)";
  AppendJsonString(absl::FormatTime("%Y-%m-%dT%H:%M:%E*SZ", options.time,
                                    absl::UTCTimeZone()),
                   json);
  const auto& t = raster.transform;
  // Row-major, as rasterio has it: x from column, row and 1, then y.
  absl::StrAppend(&json, ",\"proj:epsg\":", raster.epsg, ",\"proj:shape\":[",
                  raster.height, ",", raster.width, "],");
  absl::StrAppendFormat(&json,
                        "\"proj:transform\":[%.15g,%.15g,%.15g,%.15g,%.15g,"
                        "%.15g]}",
                        t[1], t[2], t[0], t[4], t[5], t[3]);
  json += R"(,"links":[],"assets":{"image":{"href":)";
  AppendJsonString(options.asset_href, json);
  json += options.is_cloud_optimised
              ? R"(,"type":"image/tiff; application=geotiff; )"
                R"(profile=cloud-optimized",)"
              : R"(,"type":"image/tiff; application=geotiff",)";
  json += R"("roles":["data"]}}})";
  return json;
}

}  // namespace sightline::georef
