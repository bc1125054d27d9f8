// What reading boxes says it allocates beforehand, against what it does
// allocate.
#include <algorithm>
#include <cstdint>
#include <functional>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/stop/stop_token.h"
#include "gtest/gtest.h"
#include "services/grade/engine/box_reader.h"
#include "tests/support/memory/allocation_counter.h"

namespace sightline::grade {
namespace {

constexpr int kSide = 1200;

// A page with a field, as every layout needs, and `count` boxes below each
// other that fill the rest.
Sheet SheetWithBoxes(int count) {
  SheetLayout layout;
  layout.page = {kSide, kSide};
  layout.bubble = {20, 20};
  Field& field = layout.fields.emplace_back();
  field.label = "q1";
  field.bubbles = {{"A", {1150, 1150}, {20, 20}, BubbleShape::kEllipse}};
  const double height = 1100.0 / count;
  for (int i = 0; i < count; ++i) {
    HandwritingBox& box = layout.boxes.emplace_back();
    box.label = absl::StrCat("box", i);
    box.center = {kSide / 2.0, (i + 0.5) * height};
    box.size = {1100, 0.9 * height};
  }
  auto sheet = Sheet::Create(layout);
  EXPECT_TRUE(sheet.ok()) << sheet.status();
  return *std::move(sheet);
}

struct Scan {
  const char* name;
  std::function<int(int x, int y)> gray;
};

TEST(ReadBoxesBytesTest, AreAnUpperBoundThatIsNotFarOff) {
  std::mt19937 random(5);
  const Scan scans[] = {
      {"paper", [](int, int) { return 240; }},
      {"black",
       [](int x, int y) { return x % 40 < 4 || y % 40 < 4 ? 240 : 5; }},
      {"stripes", [](int x, int) { return x % 16 < 4 ? 5 : 240; }},
      {"comb", [](int x, int y) { return x % 8 < 3 || y < 99 ? 5 : 240; }},
      {"specks",
       [](int x, int y) { return x % 10 < 4 && y % 10 < 4 ? 5 : 240; }},
      // Light squares that no line runs between: one piece of nearly all.
      {"blot",
       [](int x, int y) { return (x / 20 + y / 20 * 2) % 5 == 0 ? 240 : 5; }},
      {"noise", [&](int, int) { return static_cast<int>(random() % 256); }},
      {"faint noise",
       [&](int, int) { return static_cast<int>(200 + random() % 56); }}};
  for (const int boxes : {1, 2, 50}) {
    const Sheet sheet = SheetWithBoxes(boxes);
    const int64_t promised = ReadBoxesBytes(sheet);
    int64_t most = 0;
    for (const Scan& scan : scans) {
      GrayImage page(kSide, kSide);
      for (int y = 0; y < kSide; ++y) {
        for (int x = 0; x < kSide; ++x) {
          page.row(y)[x] = static_cast<uint8_t>(scan.gray(x, y));
        }
      }
      const AllocationCounter counter;
      EXPECT_TRUE(ReadBoxes(page, Homography(), sheet, StopToken()).ok());
      EXPECT_LE(counter.peak(), promised) << scan.name << ", " << boxes;
      most = std::max(most, counter.peak());
    }
    // A picture has at most 500 pixels a side; many boxes are flat ones.
    if (boxes == 1) {
      EXPECT_GE(3 * most, promised);
    }
  }
}

TEST(ReadBoxesBytesTest, AreNoneWithoutBoxes) {
  SheetLayout layout;
  layout.page = {kSide, kSide};
  layout.bubble = {20, 20};
  Field& field = layout.fields.emplace_back();
  field.label = "q1";
  field.bubbles = {{"A", {50, 50}, {20, 20}, BubbleShape::kEllipse}};
  const auto sheet = Sheet::Create(layout);
  ASSERT_TRUE(sheet.ok()) << sheet.status();
  EXPECT_EQ(ReadBoxesBytes(*sheet), 0);
  const GrayImage page(kSide, kSide);
  const AllocationCounter counter;
  EXPECT_TRUE(ReadBoxes(page, Homography(), *sheet, StopToken()).ok());
  EXPECT_EQ(counter.peak(), 0);
}

}  // namespace
}  // namespace sightline::grade
