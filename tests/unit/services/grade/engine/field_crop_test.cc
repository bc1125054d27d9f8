// Pictures of single fields, cut upright out of turned scans.
#include "services/grade/engine/field_crop.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "page_painter.h"
#include "sheet_reading.h"

namespace sightline::grade {
namespace {

// Mean gray around a point, within `reach` pixels of it.
double MeanGray(const GrayImage& image, PixelPoint at, int reach) {
  double sum = 0;
  int count = 0;
  for (int y = int(at.y) - reach; y <= int(at.y) + reach; ++y) {
    for (int x = int(at.x) - reach; x <= int(at.x) + reach; ++x) {
      if (x < 0 || y < 0 || x >= image.width() || y >= image.height()) continue;
      sum += image.row(y)[x];
      ++count;
    }
  }
  return count == 0 ? -1 : sum / count;
}

const Field& FieldOf(const Sheet& sheet, const char* label) {
  return sheet.fields()[*sheet.FindField(label)];
}

TEST(FieldCrop, ShowsEveryBubbleUprightWithAMarginHoweverTheScanLies) {
  const Sheet sheet = MakeSheet(ExamLayout(10));
  PrintStyle style;
  style.letters = false;
  PagePainter painter(sheet, style);
  painter.Mark("q3", "B", MarkStyle::kSolid, 0.9);
  const double width = sheet.page().width;
  const double height = sheet.page().height;
  const struct {
    const char* name;
    Homography page_to_view;
  } views[] = {
      {"upright", Homography::Scale(2, 2)},
      {"upside down",
       Homography({-2, 0, 2 * width, 0, -2, 2 * height, 0, 0, 1})},
      {"on its side", Homography({0, -2, 2 * height, 2, 0, 0, 0, 0, 1})},
      {"seen at an angle",
       *Homography::FromQuads(
           {{{0, 0}, {width, 0}, {width, height}, {0, height}}},
           {{{60, 40}, {1150, 10}, {1230, 1740}, {20, 1690}}})},
  };
  for (const auto& view : views) {
    const GrayImage scan = painter.Seen(view.page_to_view, 1800, 1800);
    const Homography scan_to_page = *view.page_to_view.Inverse();
    const Field& field = FieldOf(sheet, "q3");
    const CropFrame frame = CropFrameOf(field.bubbles, sheet.page(), 400);
    const auto crop = CutField(scan, scan_to_page, frame);
    ASSERT_TRUE(crop.has_value()) << view.name;
    EXPECT_EQ(crop->width(), frame.width);
    EXPECT_EQ(crop->height(), frame.height);
    for (const Bubble& bubble : field.bubbles) {
      const PixelPoint at = frame.FromPage().Map(bubble.center);
      const double gray = MeanGray(*crop, at, 4);
      if (bubble.value == "B") {
        EXPECT_LT(gray, 90) << view.name;
      } else {
        EXPECT_GT(gray, 190) << view.name << " " << bubble.value;
      }
      // The whole bubble and paper around it.
      EXPECT_GT(at.x, 28);
      EXPECT_LT(at.x, crop->width() - 28);
      EXPECT_GT(at.y, 28);
      EXPECT_LT(at.y, crop->height() - 28);
    }
  }
}

TEST(FieldCrop, IsNeverLargerThanAskedForAndStaysOnThePage) {
  Field field;
  field.bubbles = {{"1", {10, 10}, {20, 20}, {}},
                   {"2", {990, 12}, {20, 20}, {}}};
  const PixelSize page = {1000, 1400};
  for (const int side : {1, 40, 400, 1000}) {
    const CropFrame frame = CropFrameOf(field.bubbles, page, side);
    EXPECT_EQ(frame.width, side);
    EXPECT_GE(frame.height, 1);
    EXPECT_LE(frame.height, side);
    EXPECT_EQ(frame.left, 0);
    EXPECT_EQ(frame.top, 0);
  }
  // Where there is room a bubble has 28 pixels.
  EXPECT_NEAR(CropFrameOf(field.bubbles, page, 5000).scale, 1.4, 1e-9);
}

TEST(FieldCrop, ShowsACodeLargerThanABubble) {
  const std::vector<Bubble> code = {{"", {500, 500}, {100, 100}, {}}};
  const CropFrame frame = CropFrameOf(code, {1000, 1400}, 400, kCodeStyle);
  EXPECT_EQ(frame.width, 192);
  EXPECT_EQ(frame.height, 192);
}

TEST(FieldCrop, SaysWhatLiesOutsideTheScan) {
  Field field;
  field.bubbles = {{"1", {50, 50}, {20, 20}, {}},
                   {"2", {150, 50}, {20, 20}, {}}};
  GrayImage scan(100, 100);
  std::fill_n(scan.data(), scan.size_bytes(), uint8_t{17});
  const CropFrame frame = CropFrameOf(field.bubbles, {1000, 1000}, 400);
  const auto half = CutField(scan, Homography(), frame);
  ASSERT_TRUE(half.has_value());
  EXPECT_EQ(MeanGray(*half, frame.FromPage().Map({50, 50}), 3), 17);
  EXPECT_EQ(MeanGray(*half, frame.FromPage().Map({150, 50}), 3), 216);
  EXPECT_FALSE(
      CutField(scan, Homography::Translation(500, 500), frame).has_value());
  EXPECT_FALSE(CutField(scan, Homography::Scale(0, 0), frame).has_value());
  EXPECT_FALSE(CutField(GrayImage(), Homography(), frame).has_value());
}

}  // namespace
}  // namespace sightline::grade
