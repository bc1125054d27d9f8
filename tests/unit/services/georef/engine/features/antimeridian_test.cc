#include "services/georef/engine/features/antimeridian.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "tests/unit/services/georef/engine/features/masks.h"

namespace sightline::georef {
namespace {

double Area(const std::vector<RingList>& parts) {
  double sum = 0;
  for (const RingList& part : parts) {
    for (const auto& ring : part) {
      for (size_t i = 0; i < ring.size(); ++i) {
        const MapPoint& a = ring[i];
        const MapPoint& b = ring[(i + 1) % ring.size()];
        sum += 0.5 * (a.longitude_deg * b.latitude_deg -
                      b.longitude_deg * a.latitude_deg);
      }
    }
  }
  return sum;
}

TEST(CutAtMeridian, ASquareBecomesTwo) {
  const CutPolygons cut =
      CutAtMeridian({{{179, 0}, {181, 0}, {181, 1}, {179, 1}}}, 180);
  ASSERT_EQ(cut.west.size(), 1u);
  ASSERT_EQ(cut.east.size(), 1u);
  EXPECT_THAT(cut.west[0][0], testing::UnorderedElementsAre(
                                  MapPoint{179, 0}, MapPoint{180, 0},
                                  MapPoint{180, 1}, MapPoint{179, 1}));
  EXPECT_DOUBLE_EQ(Area(cut.west), 1);
  EXPECT_DOUBLE_EQ(Area(cut.east), 1);
}

TEST(CutAtMeridian, ACombBecomesItsTeeth) {
  // Three teeth towards the east, joined in the west.
  const CutPolygons cut = CutAtMeridian({{{-1, 0},
                                          {1, 0},
                                          {1, 1},
                                          {-0.5, 1},
                                          {-0.5, 2},
                                          {1, 2},
                                          {1, 3},
                                          {-0.5, 3},
                                          {-0.5, 4},
                                          {1, 4},
                                          {1, 5},
                                          {-1, 5}}},
                                        0);
  EXPECT_EQ(cut.west.size(), 1u);
  EXPECT_EQ(cut.east.size(), 3u);
  EXPECT_DOUBLE_EQ(Area(cut.east), 3);
  EXPECT_DOUBLE_EQ(Area(cut.west), 3 + 2 * 0.5);
}

TEST(CutAtMeridian, AHoleAcrossOpensBothHalves) {
  const CutPolygons cut = CutAtMeridian(
      {{{-2, 0}, {2, 0}, {2, 3}, {-2, 3}}, {{-1, 1}, {-1, 2}, {1, 2}, {1, 1}}},
      0);
  ASSERT_EQ(cut.west.size(), 1u);
  EXPECT_EQ(cut.west[0].size(), 1u);
  EXPECT_DOUBLE_EQ(Area(cut.west), 5);
  EXPECT_DOUBLE_EQ(Area(cut.east), 5);
}

TEST(CutAtMeridian, AHoleAsideStaysAHole) {
  const CutPolygons cut = CutAtMeridian({{{-2, 0}, {2, 0}, {2, 3}, {-2, 3}},
                                         {{0.5, 1}, {0.5, 2}, {1, 2}, {1, 1}}},
                                        0);
  ASSERT_EQ(cut.east.size(), 1u);
  EXPECT_EQ(cut.east[0].size(), 2u);
  EXPECT_DOUBLE_EQ(Area(cut.east), 5.5);
}

TEST(CutAtMeridian, VerticesOnTheLineMakeNoSlivers) {
  // A diamond whose west corner touches, and one with two corners on the line.
  const CutPolygons touching =
      CutAtMeridian({{{0, 0}, {1, -1}, {2, 0}, {1, 1}}}, 0);
  EXPECT_TRUE(touching.west.empty());
  EXPECT_EQ(touching.east.size(), 1u);
  const CutPolygons from_west =
      CutAtMeridian({{{0, 0}, {-1, 1}, {-2, 0}, {-1, -1}}}, 0);
  EXPECT_TRUE(from_west.east.empty());
  ASSERT_EQ(from_west.west.size(), 1u);
  EXPECT_NEAR(Area(from_west.west), 2, 1e-9);
  const CutPolygons through =
      CutAtMeridian({{{0, -1}, {1, 0}, {0, 1}, {-1, 0}}}, 0);
  EXPECT_NEAR(Area(through.west), 1, 1e-9);
  EXPECT_NEAR(Area(through.east), 1, 1e-9);
}

TEST(BuildFeatures, CutsFeaturesAtTheAntimeridian) {
  const OwnedMask mask = FullMask(100, 100, 1);
  for (const double longitude : {180.0, -180.0, 179.9995, -179.9995}) {
    const GroundCamera camera =
        CameraFor(PoseAt(longitude, 0, 1000, 0, 90), mask);
    const auto set = Build(mask, camera);
    ASSERT_TRUE(set.ok()) << set.status();
    ASSERT_EQ(set->features.size(), 1u);
    const Feature& feature = set->features[0];
    EXPECT_EQ(feature.polygon_count, 2u);
    EXPECT_GT(feature.box.west_deg, 179);
    EXPECT_LT(feature.box.east_deg, -179);
    for (const MapPoint& vertex : set->vertices) {
      EXPECT_GT(std::abs(vertex.longitude_deg), 179.9);
      EXPECT_LE(std::abs(vertex.longitude_deg), 180);
    }
    for (const MapPolygon& polygon : set->PolygonsOf(feature)) {
      const auto ring = set->VerticesOf(set->RingsOf(polygon)[0]);
      for (const MapPoint& vertex : ring) {
        EXPECT_EQ(vertex.longitude_deg > 0, ring[0].longitude_deg > 0);
      }
    }
    const double side = 2 * 1000 * std::tan(15 * kDegree);
    EXPECT_NEAR(feature.area_m2, side * side, side * side * 1e-3);
    EXPECT_NEAR(feature.perimeter_m, 4 * side, 4 * side * 1e-3);
  }
}

TEST(BuildFeatures, KeepsWholeWhatOnlyLiesNearTheAntimeridian) {
  OwnedMask mask = FullMask(100, 100, 0);
  mask.at(10, 50) = 1;
  mask.at(90, 50) = 1;
  const GroundCamera camera = CameraFor(PoseAt(180, 10, 1000, 0, 90), mask);
  const auto set = Build(mask, camera);
  ASSERT_TRUE(set.ok()) << set.status();
  ASSERT_EQ(set->features.size(), 2u);
  EXPECT_GT(set->features[0].box.west_deg, 179);
  EXPECT_LT(set->features[0].box.east_deg, 180);
  EXPECT_LT(set->features[1].box.east_deg, -179);
  const auto box = BoxOf(*set);
  ASSERT_TRUE(box.has_value());
  EXPECT_GT(box->west_deg, 179);
  EXPECT_LT(box->east_deg, -179);
}

}  // namespace
}  // namespace sightline::georef
