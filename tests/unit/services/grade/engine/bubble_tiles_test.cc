#include "services/grade/engine/bubble_tiles.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "gtest/gtest.h"
#include "sheet_reading.h"

namespace sightline::grade {
namespace {

// `fields` rows of `values` bubbles, this far apart.
Sheet Grid(int fields, int values, double value_gap, double field_gap) {
  SheetLayout layout;
  layout.bubble = {12, 12};
  layout.page = {100 + values * value_gap, 100 + fields * field_gap};
  FieldBlock& block = layout.blocks.emplace_back();
  for (int f = 0; f < fields; ++f) {
    block.labels.push_back("q" + std::to_string(f));
  }
  for (int v = 0; v < values; ++v) block.values.push_back(std::to_string(v));
  block.kind = FieldKind::kMultiple;
  block.origin = {20, 20};
  block.value_gap = value_gap;
  block.field_gap = field_gap;
  return MakeSheet(layout);
}

void ExpectEveryBubbleOnce(const Sheet& sheet,
                           const std::vector<std::vector<Tile>>& tiles) {
  std::set<int> seen;
  for (const std::vector<Tile>& group : tiles) {
    EXPECT_LE(group.size(), 64u);
    for (const Tile& tile : group) {
      EXPECT_FALSE(tile.bubbles.empty());
      for (const PlacedBubble& bubble : tile.bubbles) {
        EXPECT_TRUE(seen.insert(bubble.index).second) << bubble.index;
      }
    }
  }
  EXPECT_EQ(static_cast<int>(seen.size()), sheet.bubble_count());
}

TEST(BubbleTiles, HoldEveryBubbleOnceAndAreFew) {
  for (const auto& [fields, values] :
       {std::pair{1, 1}, {1, 4}, {40, 5}, {200, 4}, {10, 10}, {400, 40}}) {
    const Sheet sheet = Grid(fields, values, 24, 24);
    const auto tiles = MakeTiles(sheet);
    ExpectEveryBubbleOnce(sheet, tiles);
    for (const Tile& tile : tiles[0]) {
      EXPECT_LE(tile.bubbles.size(),
                std::max<size_t>(20, sheet.bubble_count() / 32 + 1));
    }
  }
}

TEST(BubbleTiles, AreCompact) {
  // Wide rows are divided along the rows as well.
  const Sheet sheet = Grid(12, 6, 100, 20);
  const auto tiles = MakeTiles(sheet);
  for (const Tile& tile : tiles[0]) {
    double left = 1e9;
    double right = 0;
    for (const PlacedBubble& bubble : tile.bubbles) {
      left = std::min(left, bubble.center.x);
      right = std::max(right, bubble.center.x);
    }
    EXPECT_LE(right - left, 250);
    EXPECT_GE(tile.bubbles.size(), 9u);
  }
}

TEST(BubbleTiles, GroupsAreApart) {
  const Sheet sheet = MakeSheet(ExamLayout(40));
  const auto tiles = MakeTiles(sheet);
  ASSERT_EQ(static_cast<int>(tiles.size()), sheet.group_count());
  ExpectEveryBubbleOnce(sheet, tiles);
}

}  // namespace
}  // namespace sightline::grade
