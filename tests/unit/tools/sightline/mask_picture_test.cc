// Regions of masks, and frames with them drawn in.
#include "tools/sightline/output/mask_picture.h"

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include "common/image/decode.h"
#include "common/image/encode.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/sightline/output/class_palette.h"
#include "tools/sightline/output/mask_regions.h"
#include "tools/sightline/output/small_letters.h"

namespace sightline::cli {
namespace {

using ::testing::ElementsAre;

GrayImage MaskOf(const std::vector<std::string>& rows) {
  GrayImage mask(static_cast<int>(rows[0].size()),
                 static_cast<int>(rows.size()));
  for (int y = 0; y < mask.height(); ++y) {
    for (int x = 0; x < mask.width(); ++x) {
      const char c = rows[y][x];
      mask.row(y)[x] = c == '.' ? 0 : static_cast<uint8_t>(c - '0');
    }
  }
  return mask;
}

std::vector<int64_t> Sizes(const std::vector<MaskRegion>& regions) {
  std::vector<int64_t> sizes;
  for (const MaskRegion& region : regions) sizes.push_back(region.pixels);
  return sizes;
}

TEST(FindRegions, JoinsWhatTouchesInTheOrderOfFirstPixels) {
  const GrayImage mask = MaskOf({"1.1..2", "1.1.2.", "111..3", "..22.."});
  EXPECT_THAT(Sizes(FindRegions(mask, false)), ElementsAre(7, 1, 1, 1, 2));
  EXPECT_THAT(Sizes(FindRegions(mask, true)), ElementsAre(7, 2, 1, 2));
  for (const MaskRegion& region : FindRegions(mask, false)) {
    EXPECT_EQ(mask.row(region.y)[region.x], region.label);
  }
  EXPECT_TRUE(FindRegions(mask, false, 3).empty());
}

// The plainest way to count them.
std::vector<int64_t> FloodedSizes(const GrayImage& mask, bool with_corners) {
  std::vector<bool> seen(static_cast<size_t>(mask.size_bytes()));
  std::vector<int64_t> sizes;
  for (int start = 0; start < mask.size_bytes(); ++start) {
    if (seen[start] || mask.data()[start] == 0) continue;
    std::vector<int> open = {start};
    seen[start] = true;
    int64_t size = 0;
    while (!open.empty()) {
      const int at = open.back();
      open.pop_back();
      ++size;
      for (int dy = -1; dy <= 1; ++dy) {
        for (int dx = -1; dx <= 1; ++dx) {
          if (!with_corners && dx != 0 && dy != 0) continue;
          const int x = at % mask.width() + dx;
          const int y = at / mask.width() + dy;
          if (x < 0 || y < 0 || x >= mask.width() || y >= mask.height()) {
            continue;
          }
          const int next = y * mask.width() + x;
          if (seen[next] || mask.data()[next] != mask.data()[start]) continue;
          seen[next] = true;
          open.push_back(next);
        }
      }
    }
    sizes.push_back(size);
  }
  return sizes;
}

TEST(FindRegions, AgreesWithFloodingOnRandomMasks) {
  std::mt19937 random(20260105);
  for (int round = 0; round < 300; ++round) {
    GrayImage mask(1 + static_cast<int>(random() % 23),
                   1 + static_cast<int>(random() % 19));
    const int labels = 2 + static_cast<int>(random() % 3);
    for (int i = 0; i < mask.size_bytes(); ++i) {
      mask.data()[i] = static_cast<uint8_t>(random() % labels);
    }
    for (const bool with_corners : {false, true}) {
      ASSERT_EQ(Sizes(FindRegions(mask, with_corners)),
                FloodedSizes(mask, with_corners))
          << "round " << round;
    }
  }
}

// 200 x 100 pixels of one gray.
std::string Frame(uint8_t gray) {
  RgbImage image(200, 100);
  std::fill_n(image.data(), image.size_bytes(), gray);
  return *EncodePng(image);
}

GrayImage SquareMask() {
  GrayImage mask(200, 100);
  std::fill_n(mask.data(), mask.size_bytes(), 0);
  for (int y = 10; y < 90; ++y) std::fill_n(mask.row(y) + 20, 150, 2);
  return mask;
}

int CountDark(const RgbImage& image) {
  int dark = 0;
  for (int64_t i = 0; i < image.size_bytes(); i += 3) {
    const uint8_t* pixel = image.data() + i;
    dark += pixel[0] < 40 && pixel[1] < 40 && pixel[2] < 40;
  }
  return dark;
}

RgbImage Drawn(int64_t pixel_count) {
  georef::v1::FeatureSet set;
  auto& feature = *set.add_features();
  feature.set_label(2);
  feature.set_pixel_count(pixel_count);
  feature.set_area_m2(12400);
  const auto picture = MaskPicture(Frame(200), 0, *EncodePng(SquareMask()),
                                   set.features(), ClassPalette(), {});
  EXPECT_TRUE(picture.ok()) << picture.status();
  return std::move(DecodeRgb(*picture, {})->pixels);
}

TEST(MaskPicture, TintsAndOutlinesInTheColourOfTheClass) {
  const RgbImage picture = Drawn(0);
  // 0x0072B2 over 200: untouched, tinted, outlined. JPEG is near, not equal.
  EXPECT_NEAR(picture.row(50)[3 * 5], 200, 12);
  EXPECT_NEAR(picture.row(50)[3 * 60], 125, 16);
  EXPECT_NEAR(picture.row(50)[3 * 60 + 2], 192, 16);
  EXPECT_LT(picture.row(50)[3 * 20], 110);
}

TEST(MaskPicture, WritesAnAreaWhereItIsClearWhoseItIs) {
  // The label's ground is black.
  EXPECT_GT(CountDark(Drawn(150 * 80)), 150);
  EXPECT_EQ(CountDark(Drawn(150 * 80 + 1)), 0);
}

TEST(DrawLabel, StaysWithinThePicture) {
  RgbImage picture(60, 20);
  std::fill_n(picture.data(), picture.size_bytes(), 128);
  for (const auto& [x, y] : {std::pair{0, 0}, {59, 19}, {-500, 9000}}) {
    DrawLabel("1.24 ha", x, y, 1, picture);
  }
  DrawLabel("much longer than the picture is wide", 30, 10, 3, picture);
  EXPECT_EQ(
      *std::max_element(picture.data(), picture.data() + picture.size_bytes()),
      255);
}

TEST(ClassPalette, NamesLabelsThatNobodyNames) {
  const ClassPalette palette;
  EXPECT_TRUE(palette.Of(0).is_background);
  EXPECT_EQ(palette.Of(3).name, "label 3");
  EXPECT_NE(palette.Of(1).color, palette.Of(2).color);
  georef::v1::ModelDescription model;
  auto& of = *model.add_classes();
  of.set_label(3);
  of.set_name("ship");
  of.set_color(0x123456);
  EXPECT_EQ(ClassPalette(model).Of(3).name, "ship");
  EXPECT_EQ(ColorText(ClassPalette(model).Of(3).color), "#123456");
}

TEST(AreaText, TakesTheUnitThatFits) {
  EXPECT_EQ(AreaText(3.14159), "3.1 m²");
  EXPECT_EQ(AreaText(840.4), "840 m²");
  EXPECT_EQ(AreaText(9999.9), "1.00 ha");
  EXPECT_EQ(AreaText(12400, "^"), "1.24 ha");
  EXPECT_EQ(AreaText(3.2e6), "3.20 km²");
}

}  // namespace
}  // namespace sightline::cli
