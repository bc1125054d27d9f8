// A STAC Item (SpatioTemporal Asset Catalog, 1.0.0) that describes a raster:
// where and when, and how to lay it on the map.
#ifndef SIGHTLINE_SERVICES_GEOREF_ENGINE_RASTER_STAC_ITEM_H_
#define SIGHTLINE_SERVICES_GEOREF_ENGINE_RASTER_STAC_ITEM_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "services/georef/engine/features/feature_set.h"
#include "services/georef/engine/raster/geo_raster.h"

namespace sightline::georef {

struct StacItemOptions {
  // Unique in its catalogue; not empty. UTF-8.
  std::string id;
  // When the frame was taken.
  absl::Time time;
  // Where the raster's file can be had, absolute or relative to the item.
  std::string asset_href;
  bool is_cloud_optimised = false;
};

// The item's JSON, with the extension "projection" 1.1.0 (proj:epsg,
// proj:shape, proj:transform). `footprint`: what FrameFootprint() says of the
// frame; its geometry is cut at the antimeridian. Thread-safe. Errors:
// InvalidArgument RASTER_OPTION_INVALID (no id or href, no footprint, or an
// infinite time).
absl::StatusOr<std::string> ToStacItem(const GeoRaster& raster,
                                       const FeatureSet& footprint,
                                       const StacItemOptions& options);

}  // namespace sightline::georef

#endif  // SIGHTLINE_SERVICES_GEOREF_ENGINE_RASTER_STAC_ITEM_H_
