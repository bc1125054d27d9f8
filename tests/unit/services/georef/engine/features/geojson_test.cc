#include "services/georef/engine/features/geojson.h"

#include <gtest/gtest.h>

#include "tests/unit/services/georef/engine/features/masks.h"

namespace sightline::georef {
namespace {

TEST(GeoJson, SaysEverythingOfAFeature) {
  FeatureSet set;
  set.vertices = {{10, 50}, {10.5, 50}, {10, 51.123456789}};
  set.rings = {{0, 3}};
  set.polygons = {{0, 1}};
  set.mapping = {true, 0.00002};
  set.pixels_above_horizon = 7;
  Feature feature;
  feature.label = 3;
  feature.polygon_count = 1;
  feature.area_m2 = 12.3456;
  feature.perimeter_m = 17;
  feature.centroid = {10.1, 50.3};
  feature.is_centroid_inside = true;
  feature.box = {10, 50, 10.5, 51.123456789};
  feature.pixel_count = 40;
  feature.is_truncated_by_edge = true;
  feature.mean_confidence = 0.75;
  set.features = {feature};
  EXPECT_EQ(
      ToGeoJson(set, {{3, "oil \"thick\"\n\xFF"}}),
      R"({"type":"FeatureCollection","bbox":[10,50,10.5,51.12345679],)"
      R"("sightline":{"mapping_error_m":0.00002,"pixels_above_horizon":7},)"
      R"("features":[{"type":"Feature","bbox":[10,50,10.5,51.12345679],)"
      R"("geometry":{"type":"Polygon","coordinates":)"
      R"([[[10,50],[10.5,50],[10,51.12345679],[10,50]]]},)"
      R"("properties":{"label":3,"class":"oil \"thick\"\u000a)"
      "\xEF\xBF\xBD"
      R"(","area_m2":12.346,"perimeter_m":17,"centroid":[10.1,50.3],)"
      R"("centroid_inside":true,"pixel_count":40,"holes":0,)"
      R"("truncated_by_edge":true,"truncated_by_horizon":false,)"
      R"("mean_confidence":0.75,"min_confidence":null,)"
      R"("position_error_m":null}}]})");
}

TEST(GeoJson, WithoutFeaturesItIsAnEmptyCollection) {
  EXPECT_EQ(ToGeoJson(FeatureSet()),
            R"({"type":"FeatureCollection",)"
            R"("sightline":{"mapping_error_m":0,"pixels_above_horizon":0},)"
            R"("features":[]})");
}

TEST(GeoJson, SeveralPolygonsAreAMultiPolygon) {
  const OwnedMask mask = MaskOf({"10", "01"});
  const GroundCamera camera = CameraFor(PoseAt(5, 5, 500, 0, 90), mask);
  FeatureOptions options;
  options.connectivity = Connectivity::kSidesAndCorners;
  const auto set = Build(mask, camera, options);
  ASSERT_TRUE(set.ok()) << set.status();
  const std::string text = ToGeoJson(*set);
  EXPECT_NE(text.find(R"("type":"MultiPolygon","coordinates":[[[[)"),
            std::string::npos);
  EXPECT_EQ(text.find("Polygon"), text.rfind("Polygon"));
}

}  // namespace
}  // namespace sightline::georef
