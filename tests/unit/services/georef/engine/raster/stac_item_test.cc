#include "services/georef/engine/raster/stac_item.h"

#include <gtest/gtest.h>

#include "services/georef/engine/features/footprint.h"
#include "services/georef/engine/raster/reasons.h"
#include "tests/unit/services/georef/engine/camera/poses.h"

namespace sightline::georef {
namespace {

FeatureSet Square() {
  FeatureSet set;
  set.vertices = {{1, 2}, {3, 2}, {3, 4}, {1, 4}};
  set.rings = {{0, 4}};
  set.polygons = {{0, 1}};
  Feature feature;
  feature.polygon_count = 1;
  feature.box = {1, 2, 3, 4};
  set.features = {feature};
  return set;
}

StacItemOptions Options() {
  StacItemOptions options;
  options.id = "frame-7";
  options.asset_href = "frame-7.tif";
  options.time = absl::FromUnixMillis(1700000000250);
  return options;
}

TEST(StacItem, SaysWhereAndWhen) {
  GeoRaster raster;
  raster.epsg = 32652;
  raster.width = 1920;
  raster.height = 1080;
  raster.transform = {500000, 0.5, 0.25, 4000000, 0.25, -0.5};
  const auto item = ToStacItem(raster, Square(), Options());
  ASSERT_TRUE(item.ok()) << item.status();
  EXPECT_EQ(
      *item,
      R"({"type":"Feature","stac_version":"1.0.0","stac_extensions":)"
      R"(["https://stac-extensions.github.io/projection/v1.1.0/schema.json"],)"
      R"("id":"frame-7","bbox":[1,2,3,4],"geometry":{"type":"Polygon",)"
      R"("coordinates":[[[1,2],[3,2],[3,4],[1,4],[1,2]]]},"properties":)"
      R"({"datetime":"2023-11-14T22:13:20.25Z","proj:epsg":32652,)"
      R"("proj:shape":[1080,1920],)"
      R"("proj:transform":[0.5,0.25,500000,0.25,-0.5,4000000]},"links":[],)"
      R"("assets":{"image":{"href":"frame-7.tif",)"
      R"("type":"image/tiff; application=geotiff","roles":["data"]}}})");
}

TEST(StacItem, RefusesWhatIsNotSaid) {
  StacItemOptions options = Options();
  options.id = "";
  ExpectReason(ToStacItem({}, Square(), options).status(), kRasterOptionInvalid,
               "id");
  options = Options();
  options.asset_href = "";
  ExpectReason(ToStacItem({}, Square(), options).status(), kRasterOptionInvalid,
               "asset_href");
  options = Options();
  options.time = absl::InfinitePast();
  ExpectReason(ToStacItem({}, Square(), options).status(), kRasterOptionInvalid,
               "time");
  ExpectReason(ToStacItem({}, {}, Options()).status(), kRasterOptionInvalid,
               "footprint");
}

TEST(Footprint, IsTheOutlineOfTheGroundInView) {
  const auto camera =
      GroundCamera::Create(PoseAt(179.9, 50, 1000, 20, 5), {320, 200});
  ASSERT_TRUE(camera.ok());
  const auto footprint = FrameFootprint(*camera, 1, StopToken());
  ASSERT_TRUE(footprint.ok()) << footprint.status();
  ASSERT_EQ(footprint->features.size(), 1u);
  EXPECT_TRUE(footprint->features[0].is_truncated_by_horizon);
  EXPECT_GE(footprint->features[0].polygon_count, 2u);
}

}  // namespace
}  // namespace sightline::georef
