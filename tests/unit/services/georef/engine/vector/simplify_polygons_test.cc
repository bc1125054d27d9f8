// Outlines drawn by hand, limits of vertices, and what is refused.
#include "services/georef/engine/vector/simplify_polygons.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "common/status/error.h"
#include "services/georef/engine/reasons.h"
#include "tests/unit/services/georef/engine/vector/random_mask.h"

namespace sightline::georef {
namespace {

using ::testing::ElementsAre;
using ::testing::IsSupersetOf;

RandomMask Drawing(const std::vector<std::string>& rows) {
  RandomMask mask;
  mask.width = static_cast<int>(rows[0].size());
  mask.height = static_cast<int>(rows.size());
  for (const std::string& row : rows) {
    for (const char c : row) mask.labels.push_back(c == '.' ? 0 : c - '0');
  }
  return mask;
}

TracedPolygons Trace(const RandomMask& mask) {
  auto traced = TracePolygons(mask.View(), {}, StopToken());
  EXPECT_TRUE(traced.ok()) << traced.status();
  return *std::move(traced);
}

// A pixel is a metre, y upwards.
std::vector<PlanePoint> Metres(const TracedPolygons& traced) {
  std::vector<PlanePoint> points;
  for (const PixelCorner& corner : traced.vertices) {
    points.push_back(
        {static_cast<double>(corner.x), -static_cast<double>(corner.y)});
  }
  return points;
}

absl::StatusOr<SimplifiedPolygons> Simplify(const RandomMask& mask,
                                            const SimplifyOptions& options) {
  const TracedPolygons traced = Trace(mask);
  return SimplifyPolygons(traced, mask.width, mask.height, Metres(traced),
                          options, StopToken());
}

std::vector<PixelCorner> Vertices(const SimplifiedPolygons& simplified,
                                  size_t ring) {
  const auto vertices =
      simplified.polygons.VerticesOf(simplified.polygons.rings[ring]);
  return {vertices.begin(), vertices.end()};
}

std::string ReasonOf(const absl::Status& status) {
  const auto details = DetailsOf(status);
  return details ? details->reason : "";
}

// A disc with a wavy edge and a round hole.
RandomMask Disc(int side) {
  RandomMask mask;
  mask.width = mask.height = side;
  for (int y = 0; y < side; ++y) {
    for (int x = 0; x < side; ++x) {
      const double dx = x - 0.5 * side;
      const double dy = y - 0.5 * side;
      const double radius = std::hypot(dx, dy);
      const double edge =
          side * (0.4 + 0.03 * std::sin(9 * std::atan2(dy, dx)));
      mask.labels.push_back(radius < edge && radius > 0.1 * side ? 1 : 0);
    }
  }
  return mask;
}

TEST(SimplifyPolygons, NoPolygonsStayNone) {
  const auto simplified = Simplify(Drawing({"..."}), {1, 0});
  ASSERT_TRUE(simplified.ok()) << simplified.status();
  EXPECT_TRUE(simplified->polygons.polygons.empty());
  EXPECT_EQ(simplified->tolerance_m, 1);
}

TEST(SimplifyPolygons, AStairBecomesASlope) {
  const auto simplified = Simplify(
      Drawing({"......", ".1....", ".11...", ".111..", ".1111.", "......"}),
      {0.8, 0});
  ASSERT_TRUE(simplified.ok()) << simplified.status();
  EXPECT_THAT(
      Vertices(*simplified, 0),
      ElementsAre(PixelCorner{1, 1}, PixelCorner{1, 5}, PixelCorner{5, 5}));
  EXPECT_EQ(simplified->polygons.polygons[0].pixel_count, 10);
}

TEST(SimplifyPolygons, CornersOnTheMasksEdgeStay) {
  const RandomMask mask = Drawing({"1.1", "111", ".1."});
  const auto simplified = Simplify(mask, {100, 0});
  ASSERT_TRUE(simplified.ok()) << simplified.status();
  EXPECT_THAT(
      Vertices(*simplified, 0),
      IsSupersetOf({PixelCorner{0, 0}, PixelCorner{1, 0}, PixelCorner{2, 0},
                    PixelCorner{3, 0}, PixelCorner{3, 2}, PixelCorner{2, 3},
                    PixelCorner{1, 3}, PixelCorner{0, 2}}));
}

// The outline of 1 runs straight past the corner where 2 and 3 meet it.
TEST(SimplifyPolygons, AnOutlineGetsTheCornerOfOthersThatItPasses) {
  const auto simplified =
      Simplify(Drawing({"1112", "1112", "1113", "1113"}), {100, 0});
  ASSERT_TRUE(simplified.ok()) << simplified.status();
  EXPECT_THAT(
      Vertices(*simplified, 0),
      ElementsAre(PixelCorner{0, 0}, PixelCorner{0, 4}, PixelCorner{3, 4},
                  PixelCorner{3, 2}, PixelCorner{3, 0}));
}

// The arms of a C are thinner than the tolerance, its middle is not.
TEST(SimplifyPolygons, ThinCrescentsKeepTheirOrientation) {
  for (int turn = 0; turn < 2; ++turn) {
    std::vector<std::string> rows = {"........", "..1111..", ".11..11.",
                                     ".1....1.", ".1....1.", "........"};
    if (turn) std::reverse(rows.begin(), rows.end());
    const auto simplified = Simplify(Drawing(rows), {6, 0});
    ASSERT_TRUE(simplified.ok()) << simplified.status();
    const auto vertices = Vertices(*simplified, 0);
    ASSERT_GE(vertices.size(), 3u);
    int sum = 0;
    for (size_t i = 0; i < vertices.size(); ++i) {
      const PixelCorner a = vertices[i];
      const PixelCorner b = vertices[(i + 1) % vertices.size()];
      sum += a.x * b.y - b.x * a.y;
    }
    EXPECT_LT(sum, 0);
  }
}

TEST(SimplifyPolygons, TheLimitOfVerticesRaisesTheTolerance) {
  const RandomMask mask = Disc(200);
  const auto free = Simplify(mask, {0.5, 0});
  ASSERT_TRUE(free.ok()) << free.status();
  EXPECT_EQ(free->tolerance_m, 0.5);
  // A stair of single pixels is 0.71 of a pixel beside its slope.
  EXPECT_LT(Simplify(mask, {1, 0})->polygons.vertices.size(),
            Trace(mask).vertices.size() / 4);
  const auto all = static_cast<int64_t>(free->polygons.vertices.size());
  EXPECT_EQ(Simplify(mask, {0.5, all})->tolerance_m, 0.5);
  for (const int64_t limit : {all - 1, all / 2, int64_t{20}}) {
    const auto limited = Simplify(mask, {0.5, limit});
    ASSERT_TRUE(limited.ok()) << limited.status();
    EXPECT_LE(limited->polygons.vertices.size(), limit);
    EXPECT_GT(limited->tolerance_m, 0.5);
    // A little less does not do.
    const auto less = Simplify(mask, {limited->tolerance_m / 1.03, 0});
    EXPECT_GT(less->polygons.vertices.size(), limit);
  }
  const auto from_zero = Simplify(mask, {0, 40});
  ASSERT_TRUE(from_zero.ok()) << from_zero.status();
  EXPECT_LE(from_zero->polygons.vertices.size(), 40u);
}

TEST(SimplifyPolygons, RefusesALimitBelowWhatMustStay) {
  const auto simplified = Simplify(Drawing({"1.1", "...", "1.1"}), {1, 11});
  EXPECT_EQ(simplified.status().code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(ReasonOf(simplified.status()), kTooManyVertices);
}

TEST(SimplifyPolygons, RefusesOptionsOutOfTheirRange) {
  const RandomMask mask = Drawing({"1.", ".."});
  const TracedPolygons traced = Trace(mask);
  const auto reason = [&](int width, int height, SimplifyOptions options) {
    return ReasonOf(SimplifyPolygons(traced, width, height, Metres(traced),
                                     options, StopToken())
                        .status());
  };
  EXPECT_EQ(reason(2, 2, {0, 0}), "");
  EXPECT_EQ(reason(2, 2, {-1, 0}), kSimplifyOptionInvalid);
  EXPECT_EQ(reason(2, 2, {std::nan(""), 0}), kSimplifyOptionInvalid);
  EXPECT_EQ(reason(2, 2, {1e9, 0}), kSimplifyOptionInvalid);
  EXPECT_EQ(reason(2, 2, {0, -1}), kSimplifyOptionInvalid);
  EXPECT_EQ(reason(0, 2, {0, 0}), kSimplifyOptionInvalid);
  EXPECT_EQ(reason(2, 70000, {0, 0}), kSimplifyOptionInvalid);
}

TEST(SimplifyPolygons, RefusesAMaskSmallerThanThePolygons) {
  const RandomMask mask = Drawing({"..", ".1"});
  const TracedPolygons traced = Trace(mask);
  const auto simplified =
      SimplifyPolygons(traced, 1, 1, Metres(traced), {}, StopToken());
  EXPECT_EQ(ReasonOf(simplified.status()), kSimplifyOptionInvalid);
}

TEST(SimplifyPolygons, RefusesPositionsThatAreNone) {
  const RandomMask mask = Drawing({"...", ".1.", "..."});
  const TracedPolygons traced = Trace(mask);
  const auto reason = [&](const std::vector<PlanePoint>& positions) {
    return ReasonOf(
        SimplifyPolygons(traced, 3, 3, positions, {}, StopToken()).status());
  };
  std::vector<PlanePoint> positions = Metres(traced);
  EXPECT_EQ(reason(positions), "");
  positions[2].x = std::numeric_limits<double>::quiet_NaN();
  EXPECT_EQ(reason(positions), kPositionsInvalid);
  positions[2].x = std::numeric_limits<double>::infinity();
  EXPECT_EQ(reason(positions), kPositionsInvalid);
  positions[2].x = 2e8;
  EXPECT_EQ(reason(positions), kPositionsInvalid);
  positions.pop_back();
  EXPECT_EQ(reason(positions), kPositionsInvalid);
}

TEST(SimplifyPolygons, RefusesPositionsInWhichOutlinesMeet) {
  const RandomMask mask = Drawing({".....", ".1.1.", "....."});
  const TracedPolygons traced = Trace(mask);
  for (const double fold : {0.0, -1.0}) {
    std::vector<PlanePoint> positions = Metres(traced);
    // The second pixel is laid upon the first, or over itself.
    for (PlanePoint& p : positions) {
      if (p.x > 2.5) p.x = fold == 0 ? p.x - 2 : 3;
    }
    EXPECT_EQ(
        ReasonOf(SimplifyPolygons(traced, 5, 3, positions, {1, 0}, StopToken())
                     .status()),
        kPositionsInvalid);
  }
}

TEST(SimplifyPolygons, StopsWhenAsked) {
  const RandomMask mask = Drawing({"1"});
  const TracedPolygons traced = Trace(mask);
  StopSource source;
  source.Stop(absl::CancelledError("enough"));
  EXPECT_EQ(SimplifyPolygons(traced, 1, 1, Metres(traced), {}, source.token())
                .status()
                .code(),
            absl::StatusCode::kCancelled);
}

}  // namespace
}  // namespace sightline::georef
