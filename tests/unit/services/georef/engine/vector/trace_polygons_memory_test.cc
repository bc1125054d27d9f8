// Nothing holds more than its function of bytes says.
#include <gtest/gtest.h>

#include <functional>
#include <random>
#include <vector>

#include "common/status/error.h"
#include "services/georef/engine/reasons.h"
#include "services/georef/engine/vector/mask_morphology.h"
#include "services/georef/engine/vector/polygon_statistics.h"
#include "services/georef/engine/vector/simplify_polygons.h"
#include "services/georef/engine/vector/trace_polygons.h"
#include "tests/support/memory/allocation_counter.h"

namespace sightline::georef {
namespace {

struct Case {
  const char* name;
  int width;
  int height;
  std::function<uint8_t(int x, int y)> label;
};

std::vector<Case> Cases() {
  static std::mt19937 random(3);
  return {
      {"one pixel", 1, 1, [](int, int) { return 1; }},
      {"full", 900, 700, [](int, int) { return 1; }},
      {"checkerboard", 301, 300, [](int x, int y) { return (x + y) % 2; }},
      {"every pixel another label", 300, 300,
       [](int x, int y) { return 1 + (x % 2) + 2 * (y % 2); }},
      {"many labels", 300, 200, [](int x, int y) { return x * 7 + y * 13; }},
      {"noise", 400, 300, [](int, int) { return random() % 2; }},
      {"lattice of holes", 300, 300,
       [](int x, int y) { return x % 2 == 0 || y % 2 == 0; }},
      {"comb", 2001, 60, [](int x, int y) { return x % 2 == 0 || y == 0; }},
  };
}

std::vector<uint8_t> LabelsOf(const Case& one) {
  std::vector<uint8_t> labels;
  for (int y = 0; y < one.height; ++y) {
    for (int x = 0; x < one.width; ++x) labels.push_back(one.label(x, y));
  }
  return labels;
}

TEST(TracePolygonsBytes, BoundsWhatIsHeld) {
  for (const Case& one : Cases()) {
    const std::vector<uint8_t> labels = LabelsOf(one);
    for (const Connectivity connectivity :
         {Connectivity::kSides, Connectivity::kSidesAndCorners}) {
      SCOPED_TRACE(one.name);
      TraceOptions options;
      options.connectivity = connectivity;
      const int64_t bound = TracePolygonsBytes(one.width, one.height, options);
      const AllocationCounter counter;
      const auto traced =
          TracePolygons({labels.data(), one.width, one.height, one.width},
                        options, StopToken());
      ASSERT_TRUE(traced.ok()) << traced.status();
      EXPECT_FALSE(traced->polygons.empty());
      EXPECT_LE(counter.peak(), bound);
      RecordProperty(one.name, static_cast<int>(100 * counter.peak() / bound));
    }
  }
}

TEST(TracePolygonsBytes, BoundsAMaskWithTooManyCornersByTheCap) {
  const int side = 1000;
  std::vector<uint8_t> labels(side * side);
  for (int i = 0; i < side * side; ++i) labels[i] = (i / side + i) % 2;
  TraceOptions options;
  options.maximum_vertices = 4;
  const AllocationCounter counter;
  EXPECT_FALSE(
      TracePolygons({labels.data(), side, side, side}, options, StopToken())
          .ok());
  EXPECT_LE(counter.peak(), TracePolygonsBytes(side, side, options));
  EXPECT_LE(TracePolygonsBytes(side, side, options), 200'000);
}

TEST(SimplifyPolygonsBytes, BoundsWhatIsHeld) {
  for (const Case& one : Cases()) {
    SCOPED_TRACE(one.name);
    const std::vector<uint8_t> labels = LabelsOf(one);
    const auto traced = TracePolygons(
        {labels.data(), one.width, one.height, one.width}, {}, StopToken());
    ASSERT_TRUE(traced.ok()) << traced.status();
    std::vector<PlanePoint> positions;
    for (const PixelCorner& corner : traced->vertices) {
      positions.push_back({0.3 * corner.x, -0.3 * corner.y});
    }
    const int64_t bound = SimplifyPolygonsBytes(*traced, one.width, one.height);
    for (const double tolerance : {0.0, 0.5, 20.0}) {
      const AllocationCounter counter;
      const auto simplified =
          SimplifyPolygons(*traced, one.width, one.height, positions,
                           {tolerance, 0}, StopToken());
      ASSERT_TRUE(simplified.ok()) << simplified.status();
      EXPECT_LE(counter.peak(), bound);
      RecordProperty(one.name, static_cast<int>(100 * counter.peak() / bound));
    }
  }
}

TEST(MaskBytes, BoundsWhatIsHeld) {
  for (const Case& one : Cases()) {
    SCOPED_TRACE(one.name);
    const std::vector<uint8_t> labels = LabelsOf(one);
    const LabelMask mask = {labels.data(), one.width, one.height, one.width};
    {
      const AllocationCounter counter;
      MorphologyOptions options;
      options.radius_pixels = 2;
      ASSERT_TRUE(ApplyMorphology(mask, options, StopToken()).ok());
      EXPECT_LE(counter.peak(), ApplyMorphologyBytes(one.width, one.height));
    }
    const auto traced = TracePolygons(mask, {}, StopToken());
    ASSERT_TRUE(traced.ok()) << traced.status();
    const AllocationCounter counter;
    ASSERT_TRUE(MeasureConfidence(mask, *traced,
                                  ByteConfidences{labels.data(), one.width},
                                  StopToken())
                    .ok());
    EXPECT_LE(counter.peak(), MeasureConfidenceBytes(*traced));
  }
}

// Within any limit, each function answers or says that memory ran out; with
// what it says it needs, it answers.
TEST(OutOfMemory, IsSaid) {
  const Case one = Cases()[5];
  const std::vector<uint8_t> labels = LabelsOf(one);
  const LabelMask mask = {labels.data(), one.width, one.height, one.width};
  const auto traced = TracePolygons(mask, {}, StopToken());
  ASSERT_TRUE(traced.ok()) << traced.status();
  std::vector<PlanePoint> positions;
  for (const PixelCorner& corner : traced->vertices) {
    positions.push_back({0.3 * corner.x, -0.3 * corner.y});
  }
  const ByteConfidences confidences = {labels.data(), one.width};
  struct Function {
    int64_t bytes;
    std::function<absl::Status()> call;
  };
  const std::vector<Function> functions = {
      {TracePolygonsBytes(one.width, one.height, {}),
       [&] { return TracePolygons(mask, {}, StopToken()).status(); }},
      {SimplifyPolygonsBytes(*traced, one.width, one.height),
       [&] {
         return SimplifyPolygons(*traced, one.width, one.height, positions,
                                 {0.3, 0}, StopToken())
             .status();
       }},
      {ApplyMorphologyBytes(one.width, one.height),
       [&] { return ApplyMorphology(mask, {}, StopToken()).status(); }},
      {MeasureConfidenceBytes(*traced), [&] {
         return MeasureConfidence(mask, *traced, confidences, StopToken())
             .status();
       }}};
  for (size_t i = 0; i < functions.size(); ++i) {
    int refusals = 0;
    absl::Status status;
    for (int64_t bytes = 8 << 10; bytes < functions[i].bytes;
         bytes += 1 + bytes / 7) {
      {
        const AllocationLimit limit(bytes);
        status = functions[i].call();
      }
      if (status.ok()) continue;
      ++refusals;
      ASSERT_EQ(status.code(), absl::StatusCode::kResourceExhausted);
      const auto details = DetailsOf(status);
      ASSERT_TRUE(details.has_value());
      ASSERT_EQ(details->reason, kOutOfMemory);
    }
    EXPECT_GT(refusals, 0) << "function " << i;
    EXPECT_TRUE(functions[i].call().ok()) << "function " << i;
  }
}

}  // namespace
}  // namespace sightline::georef
