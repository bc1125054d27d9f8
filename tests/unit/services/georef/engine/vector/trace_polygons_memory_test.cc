// TracePolygons() holds no more than TracePolygonsBytes() says.
#include <gtest/gtest.h>

#include <functional>
#include <random>
#include <vector>

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

TEST(TracePolygonsBytes, BoundsWhatIsHeld) {
  std::mt19937 random(3);
  const std::vector<Case> cases = {
      {"one pixel", 1, 1, [](int, int) { return 1; }},
      {"full", 900, 700, [](int, int) { return 1; }},
      {"checkerboard", 301, 300, [](int x, int y) { return (x + y) % 2; }},
      {"every pixel another label", 300, 300,
       [](int x, int y) { return 1 + (x % 2) + 2 * (y % 2); }},
      {"many labels", 300, 200, [](int x, int y) { return x * 7 + y * 13; }},
      {"noise", 400, 300, [&](int, int) { return random() % 2; }},
      {"lattice of holes", 300, 300,
       [](int x, int y) { return x % 2 == 0 || y % 2 == 0; }},
      {"comb", 2001, 60, [](int x, int y) { return x % 2 == 0 || y == 0; }},
  };
  for (const Case& one : cases) {
    std::vector<uint8_t> labels;
    for (int y = 0; y < one.height; ++y) {
      for (int x = 0; x < one.width; ++x) labels.push_back(one.label(x, y));
    }
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

}  // namespace
}  // namespace sightline::georef
