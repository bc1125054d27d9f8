// Features never hold more than their function of bytes says.
#include <gtest/gtest.h>

#include <functional>
#include <random>
#include <vector>

#include "services/georef/engine/features/build_features.h"
#include "services/georef/engine/vector/trace_polygons.h"
#include "tests/support/memory/allocation_counter.h"
#include "tests/unit/services/georef/engine/features/masks.h"

namespace sightline::georef {
namespace {

constexpr int kSide = 300;

struct Case {
  const char* name;
  std::function<uint8_t(int x, int y)> label;
};

std::vector<Case> Cases() {
  static std::mt19937 random(3);
  return {
      {"one box", [](int x, int y) { return x > 9 && y > 9; }},
      {"checkerboard", [](int x, int y) { return (x + y) % 2; }},
      {"pixels apart", [](int x, int y) { return x % 2 == 0 && y % 2 == 0; }},
      {"every pixel another label",
       [](int x, int y) { return 1 + (x % 2) + 2 * (y % 2); }},
      {"noise", [](int, int) { return random() % 2; }},
      {"lattice of holes",
       [](int x, int y) { return x % 2 == 0 || y % 2 == 0; }},
      {"comb", [](int x, int y) { return x % 2 == 0 || y == 0; }},
      {"slanted stripes", [](int x, int y) { return (x + y) / 2 % 2; }},
  };
}

OwnedMask MaskOf(const Case& one) {
  OwnedMask mask;
  mask.width = kSide;
  mask.height = kSide;
  for (int y = 0; y < kSide; ++y) {
    for (int x = 0; x < kSide; ++x) mask.labels.push_back(one.label(x, y));
  }
  return mask;
}

// What is traced of it: the cap that just lets it pass.
int64_t CornersOf(const OwnedMask& mask, Connectivity connectivity) {
  TraceOptions options;
  options.connectivity = connectivity;
  options.maximum_vertices = 10'000'000;
  const auto traced =
      TracePolygons({mask.labels.data(), mask.width, mask.height, mask.width},
                    options, StopToken());
  return traced.ok() ? static_cast<int64_t>(traced->vertices.size()) : 0;
}

void ExpectBounded(const Case& one, const Pose& pose, FeatureOptions options) {
  SCOPED_TRACE(one.name);
  const OwnedMask mask = MaskOf(one);
  const GroundCamera camera = CameraFor(pose, mask);
  options.maximum_traced_vertices = CornersOf(mask, options.connectivity) + 100;
  const std::vector<uint8_t> confidence(mask.labels.size(), 200);
  FeatureInput input;
  input.mask = {mask.labels.data(), mask.width, mask.height, mask.width};
  input.camera = &camera;
  input.confidence = ConfidencePlane{confidence.data(), mask.width};
  input.uncertain_pose = UncertainPose{pose, {}};
  const int64_t bound = BuildFeaturesBytes(kSide, kSide, options);
  const AllocationCounter counter;
  const auto set = BuildFeatures(input, options, StopToken());
  // Some can't be simplified as far as asked; what they held counts, too.
  ASSERT_TRUE(set.ok() ||
              set.status().code() == absl::StatusCode::kResourceExhausted)
      << set.status();
  EXPECT_LE(counter.peak(), bound)
      << 1.0 * counter.peak() / options.maximum_traced_vertices
      << " bytes a corner";
}

TEST(BuildFeaturesBytes, BoundsOutlinesAsTheyAre) {
  for (const Case& one : Cases()) {
    for (const Connectivity connectivity :
         {Connectivity::kSides, Connectivity::kSidesAndCorners}) {
      FeatureOptions options;
      options.connectivity = connectivity;
      ExpectBounded(one, PoseAt(12, 41, 1000, 0, 90), options);
    }
  }
}

TEST(BuildFeaturesBytes, BoundsOutlinesThatAreSimplified) {
  for (const Case& one : Cases()) {
    for (const double tolerance : {0.0, 20.0}) {
      FeatureOptions options;
      options.simplify_tolerance_m = tolerance;
      options.maximum_vertices = 1'000'000;
      ExpectBounded(one, PoseAt(12, 41, 1000, 0, 90), options);
      options.maximum_vertices = 1000;
      ExpectBounded(one, PoseAt(12, 41, 1000, 0, 90), options);
    }
  }
}

TEST(BuildFeaturesBytes, BoundsLongEdgesAcrossTheAntimeridian) {
  // Low and wide: edges are refined until they follow the ground.
  Pose pose = PoseAt(179.99, -17, 9000, 40, 25);
  pose.horizontal_field_of_view_deg = 60;
  for (const Case& one : Cases()) ExpectBounded(one, pose, {});
}

TEST(BuildFeaturesBytes, BoundsMasksThatAreSmoothed) {
  for (const Case& one : Cases()) {
    FeatureOptions options;
    options.smoothing.push_back({});
    options.smoothing.back().operation = MaskOperation::kDilate;
    options.smoothing.back().radius_pixels = 2;
    ExpectBounded(one, PoseAt(12, 41, 1000, 0, 90), options);
  }
}

}  // namespace
}  // namespace sightline::georef
