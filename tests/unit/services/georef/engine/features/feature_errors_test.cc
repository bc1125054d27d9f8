// What can be wrong with a frame and its options.
#include <gtest/gtest.h>

#include <limits>

#include "services/georef/engine/camera/reasons.h"
#include "services/georef/engine/features/build_features.h"
#include "services/georef/engine/features/reasons.h"
#include "services/georef/engine/reasons.h"
#include "tests/unit/services/georef/engine/features/masks.h"

namespace sightline::georef {
namespace {

TEST(FeatureErrors, TheMaskMustBeAsLargeAsItsFrame) {
  const OwnedMask mask = FullMask(20, 10, 1);
  const OwnedMask frame = FullMask(10, 20, 1);
  const GroundCamera camera = CameraFor(PoseAt(1, 2, 300, 0, 90), frame);
  ExpectReason(Build(mask, camera).status(), kMaskFrameMismatch, "mask");
}

TEST(FeatureErrors, AMaskWithoutPixelsIsRefused) {
  const OwnedMask mask = FullMask(20, 10, 1);
  // Also where the horizon is in view and the mask is copied.
  for (const double depression : {0.0, 90.0}) {
    const GroundCamera camera =
        CameraFor(PoseAt(1, 2, 300, 0, depression), mask);
    FeatureInput input;
    input.camera = &camera;
    input.mask = mask.view();
    input.mask.labels = nullptr;
    ExpectReason(BuildFeatures(input, {}, StopToken()).status(), kMaskInvalid);
    input.mask = mask.view();
    input.mask.stride = 19;
    ExpectReason(BuildFeatures(input, {}, StopToken()).status(), kMaskInvalid);
  }
}

TEST(FeatureErrors, OptionsHaveRanges) {
  const OwnedMask mask = FullMask(20, 10, 1);
  const GroundCamera camera = CameraFor(PoseAt(1, 2, 300, 0, 90), mask);
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const struct {
    double FeatureOptions::*option;
    const char* field;
    double wrong;
  } cases[] = {
      {&FeatureOptions::minimum_area_m2, "minimum_area_m2", -1},
      {&FeatureOptions::minimum_area_m2, "minimum_area_m2", nan},
      {&FeatureOptions::minimum_hole_m2, "minimum_hole_m2", -0.1},
      {&FeatureOptions::simplify_tolerance_m, "simplify_tolerance_m", -1},
      {&FeatureOptions::simplify_tolerance_m, "simplify_tolerance_m", nan},
      {&FeatureOptions::mapping_tolerance_m, "mapping_tolerance_m", 0},
      {&FeatureOptions::edge_tolerance_m, "edge_tolerance_m", 0},
      {&FeatureOptions::edge_tolerance_m, "edge_tolerance_m", nan},
      {&FeatureOptions::least_grazing_deg, "least_grazing_deg", 0.05},
      {&FeatureOptions::least_grazing_deg, "least_grazing_deg", 50},
  };
  for (const auto& wrong : cases) {
    FeatureOptions options;
    options.*wrong.option = wrong.wrong;
    ExpectReason(Build(mask, camera, options).status(), kFeatureOptionInvalid,
                 wrong.field);
  }
}

TEST(FeatureErrors, OneLabelIsLeftForTheSky) {
  const OwnedMask mask = FullMask(20, 10, 1);
  FeatureOptions options;
  for (int label = 0; label < 256; ++label) options.labels.push_back(label);
  const GroundCamera down = CameraFor(PoseAt(1, 2, 300, 0, 90), mask);
  EXPECT_TRUE(Build(mask, down, options).ok());
  const GroundCamera sky = CameraFor(PoseAt(1, 2, 300, 0, 0), mask);
  ExpectReason(Build(mask, sky, options).status(), kFeatureOptionInvalid,
               "labels");
}

TEST(FeatureErrors, TooManyVerticesAreSaid) {
  const OwnedMask mask = BlobMask(100, 100, 3, 0.5, 1);
  const GroundCamera camera = CameraFor(PoseAt(1, 2, 300, 0, 90), mask);
  FeatureOptions options;
  options.maximum_traced_vertices = 100;
  ExpectReason(Build(mask, camera, options).status(), kTooManyVertices);
}

TEST(FeatureErrors, TooFewVerticesToSimplifyToAreSaid) {
  const OwnedMask mask = BlobMask(100, 100, 3, 0.5, 1);
  const GroundCamera camera = CameraFor(PoseAt(1, 2, 300, 0, 90), mask);
  FeatureOptions options;
  options.maximum_vertices = 100;
  ExpectReason(Build(mask, camera, options).status(), kTooManyVertices);
  options.maximum_vertices = -1;
  ExpectReason(Build(mask, camera, options).status(), kFeatureOptionInvalid,
               "maximum_vertices");
}

TEST(FeatureErrors, SmoothingIsChecked) {
  const OwnedMask mask = FullMask(20, 10, 1);
  FeatureOptions options;
  options.smoothing.emplace_back();
  options.smoothing[0].radius_pixels = 0;
  const GroundCamera down = CameraFor(PoseAt(1, 2, 300, 0, 90), mask);
  ExpectReason(Build(mask, down, options).status(), kMorphologyOptionInvalid);
  const GroundCamera sky = CameraFor(PoseAt(1, 2, 300, 0, 0), mask);
  options.smoothing[0].radius_m = 3;
  ExpectReason(Build(mask, sky, options).status(), kFeatureOptionInvalid,
               "smoothing.radius_m");
}

TEST(FeatureErrors, AConfidencePlaneWithoutValuesIsRefused) {
  const OwnedMask mask = FullMask(20, 10, 1);
  const GroundCamera camera = CameraFor(PoseAt(1, 2, 300, 0, 90), mask);
  FeatureInput input;
  input.camera = &camera;
  input.mask = mask.view();
  input.confidence = ConfidencePlane{nullptr, 20};
  ExpectReason(BuildFeatures(input, {}, StopToken()).status(),
               kConfidenceInvalid);
}

TEST(FeatureErrors, PolesAreRefused) {
  const OwnedMask mask = FullMask(100, 100, 1);
  for (const double latitude : {89.98, -89.98}) {
    // 2 km from the pole, from 9 km up: it is in view.
    const GroundCamera around =
        CameraFor(PoseAt(1, latitude, 9000, 0, 90), mask);
    ExpectReason(Build(mask, around).status(), kTooNearPole);
  }
  // 7 km from the pole, 5 km wide: seen and mapped.
  const GroundCamera beside = CameraFor(PoseAt(1, 89.93, 9000, 0, 90), mask);
  EXPECT_TRUE(Build(mask, beside).ok()) << Build(mask, beside).status();
}

TEST(FeatureErrors, UncertaintiesAreChecked) {
  const OwnedMask mask = FullMask(20, 10, 1);
  const Pose pose = PoseAt(1, 2, 300, 0, 90);
  const GroundCamera camera = CameraFor(pose, mask);
  FeatureInput input;
  input.camera = &camera;
  input.mask = mask.view();
  input.uncertain_pose = UncertainPose{pose, {}};
  input.uncertain_pose->uncertainty.roll_deg = -1;
  ExpectReason(BuildFeatures(input, {}, StopToken()).status(), kPoseInvalid);
}

TEST(FeatureErrors, StopsWhenAskedTo) {
  const OwnedMask mask = FullMask(20, 10, 1);
  const GroundCamera camera = CameraFor(PoseAt(1, 2, 300, 0, 90), mask);
  StopSource source;
  source.Stop(absl::CancelledError("enough"));
  FeatureInput input;
  input.camera = &camera;
  input.mask = mask.view();
  EXPECT_EQ(BuildFeatures(input, {}, source.token()).status().code(),
            absl::StatusCode::kCancelled);
}

// Rows of pixels that are arcs of hundreds of kilometres.
GroundCamera HighAndWide(const OwnedMask& mask) {
  Pose pose = PoseAt(-58, -34, 90000, 33, 40);
  pose.horizontal_field_of_view_deg = 100;
  return CameraFor(pose, mask);
}

OwnedMask Stripes(int width, int height) {
  OwnedMask mask = FullMask(width, height, 0);
  for (int y = 0; y < height; y += 2) {
    for (int x = 0; x < width; ++x) mask.at(x, y) = 1;
  }
  return mask;
}

TEST(FeatureErrors, OutlinesNearTheHorizonAreKeptButNotSimplified) {
  const OwnedMask mask = Stripes(2000, 1000);
  const GroundCamera camera = HighAndWide(mask);
  FeatureOptions options;
  options.maximum_vertices = 1'000'000;
  const auto set = Build(mask, camera, options);
  ASSERT_TRUE(set.ok()) << set.status();
  EXPECT_GT(set->features.size(), 100u);
  options.simplify_tolerance_m = 1;
  ExpectReason(Build(mask, camera, options).status(), kFeatureOptionInvalid,
               "simplify_tolerance_m");
}

TEST(FeatureErrors, LongEdgesCountAgainstTheLimit) {
  const OwnedMask mask = Stripes(2000, 400);
  Pose pose = PoseAt(-58, -34, 9000, 33, 25);
  pose.horizontal_field_of_view_deg = 60;
  const GroundCamera camera = CameraFor(pose, mask);
  FeatureOptions options;
  const auto set = Build(mask, camera, options);
  ASSERT_TRUE(set.ok()) << set.status();
  const auto vertices = static_cast<int64_t>(set->vertices.size());
  ASSERT_GT(vertices, 10 * 4 * 200);
  options.maximum_traced_vertices = vertices;
  EXPECT_TRUE(Build(mask, camera, options).ok());
  options.maximum_traced_vertices = vertices - 1;
  ExpectReason(Build(mask, camera, options).status(), kTooManyVertices);
}

}  // namespace
}  // namespace sightline::georef
