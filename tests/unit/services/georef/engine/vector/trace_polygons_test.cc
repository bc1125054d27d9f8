// Masks drawn by hand, and what is refused.
#include "services/georef/engine/vector/trace_polygons.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "common/status/error.h"
#include "services/georef/engine/reasons.h"

namespace sightline::georef {
namespace {

using ::testing::ElementsAre;

// Rows of digits, '.' for 0.
struct Drawing {
  explicit Drawing(const std::vector<std::string>& rows)
      : width(static_cast<int>(rows[0].size())),
        height(static_cast<int>(rows.size())) {
    for (const std::string& row : rows) {
      for (const char c : row) labels.push_back(c == '.' ? 0 : c - '0');
    }
  }
  Drawing(int w, int h, uint8_t label)
      : width(w), height(h), labels(static_cast<size_t>(w) * h, label) {}

  LabelMask Mask() const { return {labels.data(), width, height, width}; }

  int width;
  int height;
  std::vector<uint8_t> labels;
};

TracedPolygons Trace(const Drawing& drawing, const TraceOptions& options = {}) {
  auto traced = TracePolygons(drawing.Mask(), options, StopToken());
  EXPECT_TRUE(traced.ok()) << traced.status();
  return *std::move(traced);
}

TraceOptions ThroughCorners() {
  TraceOptions options;
  options.connectivity = Connectivity::kSidesAndCorners;
  return options;
}

std::vector<PixelCorner> Vertices(const TracedPolygons& traced, size_t polygon,
                                  size_t ring) {
  const auto vertices =
      traced.VerticesOf(traced.RingsOf(traced.polygons[polygon])[ring]);
  return {vertices.begin(), vertices.end()};
}

std::string ReasonOf(const absl::Status& status) {
  const auto details = DetailsOf(status);
  return details ? details->reason : "";
}

TEST(TracePolygons, OnePixelIsFourCornersCounterClockwise) {
  const TracedPolygons traced = Trace(Drawing({"1"}));
  ASSERT_EQ(traced.polygons.size(), 1u);
  EXPECT_THAT(Vertices(traced, 0, 0),
              ElementsAre(PixelCorner{0, 0}, PixelCorner{0, 1},
                          PixelCorner{1, 1}, PixelCorner{1, 0}));
  EXPECT_EQ(traced.polygons[0].pixel_count, 1);
  EXPECT_EQ(traced.polygons[0].box, (PixelBox{0, 0, 1, 1}));
  EXPECT_TRUE(traced.polygons[0].truncated_by_edge);
}

TEST(TracePolygons, HolesRunClockwise) {
  const TracedPolygons traced = Trace(Drawing({"111", "1.1", "111"}));
  ASSERT_EQ(traced.polygons.size(), 1u);
  ASSERT_EQ(traced.polygons[0].ring_count, 2u);
  EXPECT_THAT(Vertices(traced, 0, 1),
              ElementsAre(PixelCorner{1, 1}, PixelCorner{2, 1},
                          PixelCorner{2, 2}, PixelCorner{1, 2}));
  EXPECT_EQ(traced.polygons[0].pixel_count, 8);
}

TEST(TracePolygons, AMaskWithoutLabelsHasNoPolygons) {
  EXPECT_TRUE(Trace(Drawing(70, 5, 0)).polygons.empty());
}

TEST(TracePolygons, LinesAndFullMasksOfAnyWidthAreRectangles) {
  for (const int width : {1, 2, 62, 63, 64, 65, 127, 128, 129}) {
    for (const int height : {1, 2, 65}) {
      SCOPED_TRACE(std::to_string(width) + " x " + std::to_string(height));
      const TracedPolygons traced = Trace(Drawing(width, height, 200));
      ASSERT_EQ(traced.polygons.size(), 1u);
      EXPECT_EQ(traced.polygons[0].label, 200);
      EXPECT_EQ(traced.polygons[0].pixel_count, int64_t{width} * height);
      EXPECT_THAT(
          Vertices(traced, 0, 0),
          ElementsAre(PixelCorner{0, 0}, PixelCorner{0, height},
                      PixelCorner{width, height}, PixelCorner{width, 0}));
    }
  }
}

TEST(TracePolygons, RowsMayBeFartherApartThanTheyAreWide) {
  const std::vector<uint8_t> labels = {1, 0, 9, 9, 1, 0, 9, 9};
  const auto traced =
      TracePolygons({labels.data(), 2, 2, 4}, TraceOptions(), StopToken());
  ASSERT_TRUE(traced.ok()) << traced.status();
  ASSERT_EQ(traced->polygons.size(), 1u);
  EXPECT_EQ(traced->polygons[0].pixel_count, 2);
}

TEST(TracePolygons, ACheckerboardIsSquaresThatFormOneRegionThroughCorners) {
  Drawing board(8, 8, 0);
  for (int i = 0; i < 64; ++i) board.labels[i] = (i % 8 + i / 8) % 2;
  const TracedPolygons apart = Trace(board);
  EXPECT_EQ(apart.polygons.size(), 32u);
  EXPECT_EQ(apart.polygons.back().region, 31u);
  const TracedPolygons together = Trace(board, ThroughCorners());
  EXPECT_EQ(together.polygons.size(), 32u);
  for (const TracedPolygon& polygon : together.polygons) {
    EXPECT_EQ(polygon.region, 0u);
    EXPECT_EQ(polygon.ring_count, 1u);
  }
}

TEST(TracePolygons, HolesThatTouchEachOtherAreTwoRings) {
  const TracedPolygons traced =
      Trace(Drawing({"1111", "1.11", "11.1", "1111"}));
  ASSERT_EQ(traced.polygons.size(), 1u);
  EXPECT_EQ(traced.polygons[0].ring_count, 3u);
}

// Going round, the outline comes to (1, 1) twice.
TEST(TracePolygons, AnOutlineThatTouchesItselfIsARingWithAHole) {
  const TracedPolygons traced = Trace(Drawing({".11", "1.1", "111"}));
  ASSERT_EQ(traced.polygons.size(), 1u);
  ASSERT_EQ(traced.polygons[0].ring_count, 2u);
  EXPECT_THAT(
      Vertices(traced, 0, 0),
      ElementsAre(PixelCorner{1, 0}, PixelCorner{1, 1}, PixelCorner{0, 1},
                  PixelCorner{0, 3}, PixelCorner{3, 3}, PixelCorner{3, 0}));
  EXPECT_EQ(Vertices(traced, 0, 1).size(), 4u);
  EXPECT_EQ(traced.polygons[0].pixel_count, 7);
}

TEST(TracePolygons, RingsWithinRingsArePolygonsOfTheirOwn) {
  const Drawing drawing({"1111111", "1.....1", "1.111.1", "1.1.1.1", "1.111.1",
                         "1.....1", "1111111"});
  const TracedPolygons traced = Trace(drawing);
  ASSERT_EQ(traced.polygons.size(), 2u);
  EXPECT_EQ(traced.polygons[0].ring_count, 2u);
  EXPECT_EQ(traced.polygons[0].pixel_count, 24);
  EXPECT_EQ(traced.polygons[1].ring_count, 2u);
  EXPECT_EQ(traced.polygons[1].pixel_count, 8);
  EXPECT_EQ(traced.polygons[1].box, (PixelBox{2, 2, 5, 5}));
  EXPECT_FALSE(traced.polygons[1].truncated_by_edge);

  TraceOptions options;
  options.minimum_hole_pixels = 2;
  EXPECT_EQ(Trace(drawing, options).polygons[1].pixel_count, 9);
  // The large hole encloses 25 pixels; closed, it covers the inner ring.
  options.minimum_hole_pixels = 26;
  const TracedPolygons closed = Trace(drawing, options);
  ASSERT_EQ(closed.polygons.size(), 1u);
  EXPECT_EQ(closed.polygons[0].pixel_count, 49);
  EXPECT_EQ(closed.vertices.size(), 4u);
}

TEST(TracePolygons, SmallRegionsAreLeftOutByTheSizeOfAllTheirParts) {
  const Drawing drawing({"1..1", ".1..", "...."});
  TraceOptions options;
  options.minimum_region_pixels = 2;
  EXPECT_TRUE(Trace(drawing, options).polygons.empty());
  options.connectivity = Connectivity::kSidesAndCorners;
  const TracedPolygons traced = Trace(drawing, options);
  ASSERT_EQ(traced.polygons.size(), 2u);
  EXPECT_EQ(traced.polygons[1].box, (PixelBox{1, 1, 2, 2}));
  EXPECT_TRUE(traced.polygons[0].truncated_by_edge);
  EXPECT_FALSE(traced.polygons[1].truncated_by_edge);
}

TEST(TracePolygons, LabelsComeInTheOrderAskedFor) {
  const Drawing drawing({"1122", "33.."});
  const auto labels_of = [](const TracedPolygons& traced) {
    std::vector<int> labels;
    for (const auto& polygon : traced.polygons) labels.push_back(polygon.label);
    return labels;
  };
  EXPECT_THAT(labels_of(Trace(drawing)), ElementsAre(1, 2, 3));
  TraceOptions options;
  options.labels = {3, 9, 0};
  const TracedPolygons traced = Trace(drawing, options);
  EXPECT_THAT(labels_of(traced), ElementsAre(3, 0));
  EXPECT_EQ(traced.polygons[1].region, 1u);
}

TEST(TracePolygons, EveryLabelIsFoundWhereverItStands) {
  for (int x = 0; x < 70; ++x) {
    Drawing drawing(70, 2, 5);
    drawing.labels[70 + x] = 255;
    const TracedPolygons traced = Trace(drawing);
    ASSERT_EQ(traced.polygons.size(), 2u) << x;
    EXPECT_EQ(traced.polygons[1].label, 255);
    EXPECT_EQ(traced.polygons[1].box, (PixelBox{x, 1, x + 1, 2}));
  }
}

TEST(TracePolygons, RefusesMoreCornersThanAllowed) {
  const Drawing drawing({"1.1", "...", "2.2"});
  TraceOptions options;
  options.maximum_vertices = 16;
  EXPECT_EQ(Trace(drawing, options).polygons.size(), 4u);
  options.maximum_vertices = 15;
  const auto traced = TracePolygons(drawing.Mask(), options, StopToken());
  EXPECT_EQ(traced.status().code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(ReasonOf(traced.status()), kTooManyVertices);
}

TEST(TracePolygons, RefusesMasksThatAreNone) {
  const std::vector<uint8_t> labels(4);
  const std::vector<LabelMask> masks = {
      {nullptr, 2, 2, 2},
      {labels.data(), 0, 2, 2},
      {labels.data(), 2, 0, 2},
      {labels.data(), -1, 2, 2},
      {labels.data(), 2, 2, 1},
      {labels.data(), 2, 2, -2},
      {labels.data(), kMaximumMaskSide + 1, 2, kMaximumMaskSide + 1}};
  for (const LabelMask& mask : masks) {
    const auto traced = TracePolygons(mask, TraceOptions(), StopToken());
    EXPECT_EQ(traced.status().code(), absl::StatusCode::kInvalidArgument);
    EXPECT_EQ(ReasonOf(traced.status()), kMaskInvalid) << traced.status();
  }
}

TEST(TracePolygons, RefusesOptionsOutOfTheirRange) {
  std::vector<TraceOptions> wrong(7);
  wrong[0].labels = {1, 2, 1};
  wrong[1].connectivity = static_cast<Connectivity>(6);
  wrong[2].minimum_region_pixels = 0;
  wrong[3].minimum_hole_pixels = 0;
  wrong[4].maximum_vertices = 3;
  wrong[5].maximum_vertices = kMaximumVertices + 1;
  wrong[6].minimum_hole_pixels = -5;
  const Drawing drawing({"1"});
  for (const TraceOptions& options : wrong) {
    const auto traced = TracePolygons(drawing.Mask(), options, StopToken());
    EXPECT_EQ(traced.status().code(), absl::StatusCode::kInvalidArgument);
    EXPECT_EQ(ReasonOf(traced.status()), kTraceOptionInvalid);
  }
}

TEST(TracePolygons, StopsWhenAsked) {
  StopSource source;
  source.Stop(absl::CancelledError("enough"));
  TraceOptions options;
  EXPECT_EQ(TracePolygons(Drawing({"1"}).Mask(), options, source.token())
                .status()
                .code(),
            absl::StatusCode::kCancelled);
  options.labels = {1};
  EXPECT_EQ(TracePolygons(Drawing({"1"}).Mask(), options, source.token())
                .status()
                .code(),
            absl::StatusCode::kCancelled);
}

}  // namespace
}  // namespace sightline::georef
