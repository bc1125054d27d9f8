#include "services/georef/engine/features/build_features.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "services/georef/engine/camera/ellipsoid.h"
#include "services/georef/engine/features/ring_measure.h"
#include "tests/unit/services/georef/engine/features/masks.h"

namespace sightline::georef {
namespace {

using testing::ElementsAre;
using testing::Field;

// Straight down from 1 km: a pixel of 100 is 5.36 m.
Pose Down() { return PoseAt(12, 41, 1000, 0, 90); }

FeatureSet MustBuild(const OwnedMask& mask, const Pose& pose,
                     const FeatureOptions& options = {}) {
  const GroundCamera camera = CameraFor(pose, mask);
  auto set = Build(mask, camera, options);
  EXPECT_TRUE(set.ok()) << set.status();
  return set.ok() ? *std::move(set) : FeatureSet();
}

double PixelArea(const OwnedMask& mask, const Pose& pose) {
  return CameraFor(pose, mask)
      .SampleDistance({mask.width / 2.0, mask.height / 2.0})
      ->area_m2;
}

TEST(BuildFeatures, EveryVertexIsWhereTheCameraSeesItsPixelCorner) {
  const OwnedMask mask = MaskOf({"....", ".11.", ".1..", "...."});
  Pose pose = PoseAt(-70, -33, 800, 200, 50);
  pose.ground.metres = 120;
  const GroundCamera camera = CameraFor(pose, mask);
  const FeatureSet set = MustBuild(mask, pose);
  ASSERT_EQ(set.features.size(), 1u);
  const PixelPoint corners[] = {{1, 1}, {1, 3}, {2, 3}, {2, 2}, {3, 2}, {3, 1}};
  ASSERT_EQ(set.vertices.size(), std::size(corners));
  for (const PixelPoint corner : corners) {
    const GeoPoint place = camera.Ground(corner)->place;
    bool is_there = false;
    for (const MapPoint& vertex : set.vertices) {
      is_there |=
          std::abs(vertex.longitude_deg - place.longitude_deg) < 1e-12 &&
          std::abs(vertex.latitude_deg - place.latitude_deg) < 1e-12;
    }
    EXPECT_TRUE(is_there) << corner.x << " " << corner.y;
  }
  EXPECT_FALSE(set.mapping.is_grid);
  EXPECT_LE(set.mapping.error_bound_m, 1e-5);
}

TEST(BuildFeatures, DescribesAFeature) {
  const OwnedMask mask =
      MaskOf({"......", ".2222.", ".2..2.", ".2..2.", ".2222.", "......"});
  const FeatureSet set = MustBuild(mask, Down());
  ASSERT_EQ(set.features.size(), 1u);
  const Feature& feature = set.features[0];
  const double pixel = PixelArea(mask, Down());
  EXPECT_EQ(feature.label, 2);
  EXPECT_EQ(feature.pixel_count, 12);
  EXPECT_EQ(feature.hole_count, 1);
  EXPECT_EQ(feature.pixel_box, (PixelBox{1, 1, 5, 5}));
  EXPECT_NEAR(feature.area_m2, 12 * pixel, 12 * pixel * 1e-3);
  EXPECT_NEAR(feature.perimeter_m, 24 * std::sqrt(pixel),
              24 * std::sqrt(pixel) * 1e-3);
  EXPECT_NEAR(feature.centroid.longitude_deg, 12, 1e-7);
  EXPECT_NEAR(feature.centroid.latitude_deg, 41, 1e-6);
  EXPECT_FALSE(feature.is_centroid_inside) << "it lies in the hole";
  EXPECT_FALSE(feature.is_truncated_by_edge);
  EXPECT_FALSE(feature.is_truncated_by_horizon);
  EXPECT_EQ(feature.mean_confidence, std::nullopt);
  EXPECT_EQ(feature.position_error_m, std::nullopt);
  EXPECT_LT(feature.box.west_deg, 12);
  EXPECT_GT(feature.box.east_deg, 12);
  EXPECT_LT(feature.box.south_deg, feature.box.north_deg);
}

TEST(BuildFeatures, OuterRingsRunCounterclockwiseWhicheverWayTheCameraLooks) {
  const OwnedMask mask = BlobMask(64, 64, 2, 0.02, 5);
  for (double heading = 0; heading < 360; heading += 45) {
    const FeatureSet set = MustBuild(mask, PoseAt(1, -50, 900, heading, 45));
    ASSERT_FALSE(set.features.empty());
    for (const MapPolygon& polygon : set.polygons) {
      bool is_outer = true;
      for (const MapRing& ring : set.RingsOf(polygon)) {
        const double area = MeasureRing(set.VerticesOf(ring)).area_m2;
        EXPECT_EQ(area > 0, is_outer);
        is_outer = false;
      }
    }
  }
}

TEST(BuildFeatures, LeavesOutWhatIsSmallOnTheGround) {
  // The same three pixels: in front they cover little, far away much.
  OwnedMask mask = FullMask(60, 60, 0);
  for (const int y : {2, 57}) {
    for (const int x : {20, 21, 22}) mask.at(x, y) = 1;
  }
  const Pose pose = PoseAt(12, 41, 1000, 0, 30);
  const FeatureSet both = MustBuild(mask, pose);
  ASSERT_EQ(both.features.size(), 2u);
  ASSERT_GT(both.features[0].area_m2, 3 * both.features[1].area_m2);
  FeatureOptions options;
  options.minimum_area_m2 =
      0.5 * (both.features[0].area_m2 + both.features[1].area_m2);
  const FeatureSet far = MustBuild(mask, pose, options);
  EXPECT_THAT(far.features,
              ElementsAre(Field(&Feature::pixel_box, PixelBox{20, 2, 23, 3})));
}

TEST(BuildFeatures, ClosesHolesThatAreSmallOnTheGround) {
  // A hole with an island of the same label and one of another.
  const OwnedMask mask =
      MaskOf({"1111111111", "1........1", "1.11.....1", "1.11..22.1",
              "1........1", "1111111111", "1.11111111", "1111111111"});
  const double pixel = PixelArea(mask, Down());
  FeatureOptions options;
  const FeatureSet all = MustBuild(mask, Down(), options);
  ASSERT_EQ(all.features.size(), 3u);
  options.minimum_hole_m2 = 10 * pixel;
  const FeatureSet small = MustBuild(mask, Down(), options);
  ASSERT_EQ(small.features.size(), 3u);
  EXPECT_EQ(small.features[0].hole_count, 1);
  EXPECT_EQ(small.features[0].pixel_count, 80 - 32);
  options.minimum_hole_m2 = 40 * pixel;
  const FeatureSet closed = MustBuild(mask, Down(), options);
  ASSERT_EQ(closed.features.size(), 2u) << "the island of label 2 stays";
  EXPECT_EQ(closed.features[0].hole_count, 0);
  EXPECT_EQ(closed.features[0].pixel_count, 80);
  EXPECT_NEAR(closed.features[0].area_m2, 80 * pixel, pixel);
  EXPECT_EQ(closed.features[1].label, 2);
}

TEST(BuildFeatures, MeasuresRegionsThatMeetAtCornersTogether) {
  const OwnedMask mask = MaskOf({"1...", ".1..", "....", "...1"});
  const double pixel = PixelArea(mask, Down());
  FeatureOptions options;
  options.connectivity = Connectivity::kSidesAndCorners;
  options.minimum_area_m2 = 1.5 * pixel;
  const FeatureSet set = MustBuild(mask, Down(), options);
  ASSERT_EQ(set.features.size(), 1u);
  EXPECT_EQ(set.features[0].polygon_count, 2u);
  EXPECT_EQ(set.features[0].pixel_count, 2);
  EXPECT_EQ(set.features[0].pixel_box, (PixelBox{0, 0, 2, 2}));
  EXPECT_TRUE(set.features[0].is_truncated_by_edge);
  EXPECT_NEAR(set.features[0].area_m2, 2 * pixel, 0.01 * pixel);
}

TEST(BuildFeatures, TracesTheLabelsAskedFor) {
  const OwnedMask mask = MaskOf({"12", "30"});
  FeatureOptions options;
  options.labels = {3, 0};
  const FeatureSet set = MustBuild(mask, Down(), options);
  EXPECT_THAT(set.features, ElementsAre(Field(&Feature::label, 3),
                                        Field(&Feature::label, 0)));
}

TEST(BuildFeatures, UsesAGridForManyVerticesAndKeepsItsTolerance) {
  const OwnedMask mask = BlobMask(400, 300, 1, 0.1, 3);
  Pose pose = PoseAt(12, 41, 3000, 25, 35);
  const GroundCamera camera = CameraFor(pose, mask);
  FeatureOptions options;
  options.mapping_tolerance_m = 0.01;
  const FeatureSet set = MustBuild(mask, pose, options);
  EXPECT_TRUE(set.mapping.is_grid);
  EXPECT_LE(set.mapping.error_bound_m, 0.01);
  ASSERT_GT(set.vertices.size(), 4000u);
  for (const MapPoint& vertex : set.vertices) {
    // Every vertex is a pixel's corner, to within the certified error.
    const GeoPoint place{vertex.longitude_deg, vertex.latitude_deg, 0};
    const auto pixel = camera.Pixel(place);
    ASSERT_TRUE(pixel.ok());
    const auto exact =
        camera.Ground({std::round(pixel->x), std::round(pixel->y)});
    ASSERT_LE(Length(exact->position - ToEarthCentred(place)),
              set.mapping.error_bound_m);
  }
}

TEST(BuildFeatures, WhereNoGridIsExactEnoughMapsEachVertex) {
  const OwnedMask mask = BlobMask(200, 150, 1, 0.2, 3);
  FeatureOptions options;
  options.mapping_tolerance_m = 0.0001;
  const FeatureSet set = MustBuild(mask, PoseAt(12, 41, 9000, 25, 18), options);
  EXPECT_GT(set.vertices.size(), 3000u);
  EXPECT_FALSE(set.mapping.is_grid);
  EXPECT_LE(set.mapping.error_bound_m, 1e-5);
}

TEST(BuildFeatures, PutsVerticesOnLongEdgesWhereTheyBend) {
  // The frame's upper edge is 80 km long.
  const OwnedMask mask = FullMask(100, 60, 1);
  const Pose pose = PoseAt(12, 65, 9000, 0, 14);
  const GroundCamera camera = CameraFor(pose, mask);
  FeatureOptions options;
  options.edge_tolerance_m = 0.5;
  const FeatureSet set = MustBuild(mask, pose, options);
  ASSERT_EQ(set.features.size(), 1u);
  EXPECT_GT(set.vertices.size(), 20u);
  // Along the upper edge no place is farther than that from the outline.
  for (int i = 0; i <= 1000; ++i) {
    const GeoPoint place = camera.Ground({i / 10.0, 0})->place;
    double nearest = 1e9;
    const double cosine = std::cos(place.latitude_deg * kDegree);
    for (size_t j = 0; j < set.vertices.size(); ++j) {
      const MapPoint& a = set.vertices[j];
      const MapPoint& b = set.vertices[(j + 1) % set.vertices.size()];
      const double ax = (a.longitude_deg - place.longitude_deg) * cosine;
      const double ay = a.latitude_deg - place.latitude_deg;
      const double dx = (b.longitude_deg - a.longitude_deg) * cosine;
      const double dy = b.latitude_deg - a.latitude_deg;
      const double t =
          std::clamp(-(ax * dx + ay * dy) / (dx * dx + dy * dy), 0.0, 1.0);
      nearest = std::min(nearest, std::hypot(ax + t * dx, ay + t * dy));
    }
    ASSERT_LE(nearest * 111320, 0.6) << i;
  }
}

TEST(BuildFeatures, SimplifiesWithinATolerance) {
  const OwnedMask mask = BlobMask(200, 200, 2, 0.01, 4);
  FeatureOptions options;
  options.minimum_area_m2 = 20 * PixelArea(mask, Down());
  const FeatureSet exact = MustBuild(mask, Down(), options);
  EXPECT_EQ(exact.simplify_tolerance_m, 0);
  options.simplify_tolerance_m = 6;
  const FeatureSet simple = MustBuild(mask, Down(), options);
  EXPECT_EQ(simple.simplify_tolerance_m, 6);
  ASSERT_EQ(simple.features.size(), exact.features.size());
  EXPECT_LT(simple.vertices.size(), exact.vertices.size() / 3);
  for (size_t i = 0; i < simple.features.size(); ++i) {
    EXPECT_EQ(simple.features[i].pixel_count, exact.features[i].pixel_count);
    EXPECT_NEAR(simple.features[i].area_m2, exact.features[i].area_m2,
                6 * exact.features[i].perimeter_m);
    EXPECT_NE(simple.features[i].area_m2, exact.features[i].area_m2);
  }
}

TEST(BuildFeatures, SimplifiesToALimitOfVertices) {
  const OwnedMask mask = BlobMask(200, 200, 2, 0, 4);
  FeatureOptions options;
  options.maximum_vertices = 700;
  const FeatureSet set = MustBuild(mask, Down(), options);
  ASSERT_FALSE(set.features.empty());
  EXPECT_LE(set.vertices.size(), 700u);
  EXPECT_GT(set.simplify_tolerance_m, 0);
}

TEST(BuildFeatures, SmoothsLabelsFirst) {
  const OwnedMask mask =
      MaskOf({".........", ".........", "..1.1.1..", ".........", "........."});
  EXPECT_EQ(MustBuild(mask, Down()).features.size(), 3u);
  FeatureOptions options;
  options.smoothing = {{MaskOperation::kClose, Neighbourhood::kSquare, 1, {}}};
  const FeatureSet closed = MustBuild(mask, Down(), options);
  ASSERT_EQ(closed.features.size(), 1u);
  EXPECT_EQ(closed.features[0].pixel_count, 5);
  // The same in metres.
  options.smoothing[0].radius_pixels = 100;
  options.smoothing[0].radius_m = 1.01 * std::sqrt(PixelArea(mask, Down()));
  EXPECT_EQ(MustBuild(mask, Down(), options).features[0].pixel_count, 5);
}

TEST(BuildFeatures, WhatGrowsAboveTheHorizonIsCut) {
  const OwnedMask mask = FullMask(200, 100, 1);
  const Pose level = PoseAt(12, 41, 500, 0, 0);
  const FeatureSet plain = MustBuild(mask, level);
  FeatureOptions options;
  options.smoothing = {{MaskOperation::kDilate, Neighbourhood::kDisc, 3, {}}};
  const FeatureSet grown = MustBuild(mask, level, options);
  ASSERT_EQ(grown.features.size(), 1u);
  EXPECT_EQ(grown.features[0].pixel_count, plain.features[0].pixel_count);
}

TEST(BuildFeatures, SaysHowSureTheLabelsAre) {
  const OwnedMask mask = MaskOf({"111..", "1.1.2", "111.."});
  std::vector<uint8_t> confidences(15, 255);
  confidences[0] = 51;   // of label 1
  confidences[6] = 0;    // of its hole
  confidences[9] = 102;  // of label 2
  const GroundCamera camera = CameraFor(Down(), mask);
  FeatureInput input;
  input.mask = mask.view();
  input.camera = &camera;
  input.confidence = ConfidencePlane{confidences.data(), 5};
  FeatureOptions options;
  options.minimum_hole_m2 = 2 * PixelArea(mask, Down());
  const auto set = BuildFeatures(input, options, StopToken());
  ASSERT_TRUE(set.ok()) << set.status();
  ASSERT_EQ(set->features.size(), 2u);
  EXPECT_EQ(set->features[0].pixel_count, 9);
  EXPECT_NEAR(*set->features[0].mean_confidence, (7 + 0.2) / 8, 1e-9);
  EXPECT_NEAR(*set->features[0].minimum_confidence, 0.2, 1e-9);
  EXPECT_NEAR(*set->features[1].mean_confidence, 0.4, 1e-9);
}

TEST(BuildFeatures, CutsTheMaskBelowTheHorizon) {
  // The upper half of the frame looks at the sky.
  const OwnedMask mask = FullMask(200, 100, 1);
  const FeatureSet set = MustBuild(mask, PoseAt(12, 41, 500, 0, 0));
  ASSERT_EQ(set.features.size(), 1u);
  const Feature& feature = set.features[0];
  EXPECT_GT(set.pixels_above_horizon, 200 * 50);
  EXPECT_LT(set.pixels_above_horizon, 200 * 58);
  EXPECT_EQ(set.labelled_pixels_above_horizon, set.pixels_above_horizon);
  EXPECT_EQ(feature.pixel_count, 200 * 100 - set.pixels_above_horizon);
  EXPECT_TRUE(feature.is_truncated_by_horizon);
  EXPECT_TRUE(feature.is_truncated_by_edge);
}

TEST(BuildFeatures, WhatEndsBelowTheHorizonIsNotTruncatedByIt) {
  OwnedMask mask = FullMask(200, 100, 0);
  mask.at(100, 90) = 1;
  mask.at(20, 10) = 1;
  const FeatureSet set = MustBuild(mask, PoseAt(12, 41, 500, 0, 0));
  ASSERT_EQ(set.features.size(), 1u);
  EXPECT_FALSE(set.features[0].is_truncated_by_horizon);
  EXPECT_FALSE(set.features[0].is_truncated_by_edge);
  EXPECT_EQ(set.labelled_pixels_above_horizon, 1);
}

TEST(BuildFeatures, AFrameOfSkyHasNoFeatures) {
  const OwnedMask mask = FullMask(200, 100, 1);
  const FeatureSet set = MustBuild(mask, PoseAt(12, 41, 500, 0, -30));
  EXPECT_TRUE(set.features.empty());
  EXPECT_EQ(set.pixels_above_horizon, 200 * 100);
}

TEST(BuildFeatures, SaysHowFarTheCentroidMayBeOff) {
  const OwnedMask mask = MaskOf({"...", ".1.", "..."});
  const GroundCamera camera = CameraFor(Down(), mask);
  FeatureInput input;
  input.mask = mask.view();
  input.camera = &camera;
  input.uncertain_pose = UncertainPose{Down(), {}};
  input.uncertain_pose->uncertainty.horizontal_m = 3;
  const auto set = BuildFeatures(input, {}, StopToken());
  ASSERT_TRUE(set.ok()) << set.status();
  ASSERT_TRUE(set->features[0].position_error_m.has_value());
  EXPECT_NEAR(*set->features[0].position_error_m, 3 * std::sqrt(2), 0.001);
}

TEST(BuildFeatures, SaysNoErrorWhereThePlaceMayBeLost) {
  const OwnedMask mask = FullMask(20, 20, 1);
  const Pose pose = PoseAt(12, 41, 500, 0, 16);
  const GroundCamera camera = CameraFor(pose, mask);
  FeatureInput input;
  input.mask = mask.view();
  input.camera = &camera;
  input.uncertain_pose = UncertainPose{pose, {}};
  input.uncertain_pose->uncertainty.pitch_deg = 40;
  const auto set = BuildFeatures(input, {}, StopToken());
  ASSERT_TRUE(set.ok()) << set.status();
  ASSERT_EQ(set->features.size(), 1u);
  EXPECT_EQ(set->features[0].position_error_m, std::nullopt);
}

}  // namespace
}  // namespace sightline::georef
