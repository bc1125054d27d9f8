#include "services/grade/engine/layout_preview.h"

#include <algorithm>
#include <cmath>
#include <set>
#include <string>
#include <tuple>

#include "common/status/error.h"
#include "good_layout.h"
#include "gtest/gtest.h"
#include "services/grade/engine/reasons.h"

namespace sightline::grade {
namespace {

// A pixel's colour, if it has one; gray is none.
bool IsColoured(const RgbImage& image, PixelPoint at) {
  const uint8_t* pixel =
      image.row(static_cast<int>(at.y)) + 3 * static_cast<int>(at.x);
  return std::max({pixel[0], pixel[1], pixel[2]}) -
             std::min({pixel[0], pixel[1], pixel[2]}) >
         40;
}

// Whether something is drawn within a pixel of `at`.
bool IsDrawn(const RgbImage& image, PixelPoint at) {
  for (int dy = -1; dy <= 1; ++dy) {
    for (int dx = -1; dx <= 1; ++dx) {
      if (IsColoured(image, {at.x + dx, at.y + dy})) return true;
    }
  }
  return false;
}

int CountColoured(const RgbImage& image, PixelPoint from, PixelPoint to) {
  int count = 0;
  for (double y = from.y; y < to.y; ++y) {
    for (double x = from.x; x < to.x; ++x) count += IsColoured(image, {x, y});
  }
  return count;
}

TEST(LayoutPreview, OutlinesEveryBubbleInTheColourOfItsBlock) {
  const SheetLayout layout = GoodLayout();
  const Sheet sheet = *Sheet::Create(layout);
  const int width = static_cast<int>(layout.page.width);
  const absl::StatusOr<RgbImage> image =
      DrawLayout(layout, sheet, {}, GrayImage(), width);
  ASSERT_TRUE(image.ok()) << image.status();
  EXPECT_EQ(image->width(), width);
  EXPECT_EQ(image->height(), std::lround(layout.page.height));
  for (const Field& field : sheet.fields()) {
    for (const Bubble& bubble : field.bubbles) {
      // The upper left of the outline: no value hides it.
      const double angle = -2.4;
      const PixelPoint edge =
          bubble.shape == BubbleShape::kEllipse
              ? PixelPoint{bubble.center.x +
                               bubble.size.width / 2 * std::cos(angle),
                           bubble.center.y +
                               bubble.size.height / 2 * std::sin(angle)}
              : PixelPoint{bubble.center.x - bubble.size.width / 2,
                           bubble.center.y};
      EXPECT_TRUE(IsDrawn(*image, edge)) << field.label << " " << bubble.value;
      // Its value, at the lower right.
      EXPECT_GT(CountColoured(*image, bubble.center,
                              {bubble.center.x + bubble.size.width / 2 + 4,
                               bubble.center.y + bubble.size.height / 2 + 6}),
                4)
          << field.label << " " << bubble.value;
    }
    // Its label, beside or below the last bubble.
    const Bubble& last = field.bubbles.back();
    const bool down = std::abs(last.center.y - field.bubbles.front().center.y) >
                      std::abs(last.center.x - field.bubbles.front().center.x);
    const PixelPoint at =
        down ? PixelPoint{last.center.x - 6,
                          last.center.y + last.size.height / 2 + 5}
             : PixelPoint{last.center.x + last.size.width / 2 + 5,
                          last.center.y - 5};
    EXPECT_GT(CountColoured(*image, at, {at.x + 20, at.y + 12}), 3)
        << field.label;
  }
  // Two blocks, two colours.
  std::set<std::tuple<int, int, int>> colours;
  for (const FieldBlock& block : layout.blocks) {
    const double half = layout.bubble.width / 2;
    for (double x = block.origin.x - half - 1; x < block.origin.x; ++x) {
      const uint8_t* pixel = image->row(static_cast<int>(block.origin.y)) +
                             3 * static_cast<int>(x);
      if (IsColoured(*image, {x, block.origin.y})) {
        // The hue: which channel leads.
        colours.insert(
            {pixel[0] > pixel[1], pixel[1] > pixel[2], pixel[0] > pixel[2]});
        break;
      }
    }
  }
  EXPECT_EQ(colours.size(), 2);
}

TEST(LayoutPreview, ShowsTheReferenceAndTheMarkers) {
  const SheetLayout layout = GoodLayout();
  const Sheet sheet = *Sheet::Create(layout);
  const int width = static_cast<int>(layout.page.width);
  GrayImage reference(width / 2, static_cast<int>(layout.page.height) / 2);
  std::fill_n(reference.data(), reference.size_bytes(), uint8_t{240});
  // Print where the layout has nothing.
  for (int y = 10; y < 20; ++y) {
    std::fill_n(reference.row(y) + 20, 100, uint8_t{30});
  }
  const absl::StatusOr<RgbImage> image =
      DrawLayout(layout, sheet, {{{300, 100}, {40, 40}}}, reference, width);
  ASSERT_TRUE(image.ok()) << image.status();
  const uint8_t* print = image->row(30) + 3 * 100;
  EXPECT_LT(print[0], 215);
  EXPECT_EQ(print[0], print[1]);
  EXPECT_EQ(image->row(70)[3 * 100], 255) << "paper is white";
  EXPECT_TRUE(IsDrawn(*image, {280, 110}));
  EXPECT_TRUE(IsDrawn(*image, {300, 100}));
}

TEST(LayoutPreview, RefusesSizesThatCannotBeDrawn) {
  SheetLayout layout = GoodLayout();
  const Sheet sheet = *Sheet::Create(layout);
  for (const int width : {-1, 0, 99, 10001}) {
    const absl::Status status =
        DrawLayout(layout, sheet, {}, GrayImage(), width).status();
    ASSERT_TRUE(DetailsOf(status).has_value()) << width;
    EXPECT_EQ(DetailsOf(status)->reason, kPreviewInvalid);
    EXPECT_EQ(DetailsOf(status)->fields[0].field, "width");
  }
}

TEST(LayoutPreview, StaysWithinItsBytes) {
  const Sheet sheet = *Sheet::Create(GoodLayout());
  const int64_t height =
      std::lround(800 * sheet.page().height / sheet.page().width);
  EXPECT_GE(DrawLayoutBytes(sheet, 800), 3 * 800 * height);
}

}  // namespace
}  // namespace sightline::grade
