#include "services/grade/engine/bubble_tiles.h"

#include <algorithm>
#include <tuple>
#include <utility>

namespace sightline::grade {
namespace {

// Enough bubbles to drown a letter or a mark, and few enough to lie close.
constexpr size_t kTileBubbles = 20;
// The line maps of a group's tiles are held at the same time.
constexpr size_t kMaxTiles = 64;

// Halves `bubbles` across their longer extent until no part has more than
// `most`. The parts then have at least half of that.
void Divide(std::vector<PlacedBubble> bubbles, size_t most,
            std::vector<Tile>& tiles) {
  if (bubbles.size() <= most) {
    Tile& tile = tiles.emplace_back();
    for (const PlacedBubble& bubble : bubbles) {
      tile.center.x += bubble.center.x / static_cast<double>(bubbles.size());
      tile.center.y += bubble.center.y / static_cast<double>(bubbles.size());
    }
    tile.bubbles = std::move(bubbles);
    return;
  }
  const auto [left, right] =
      std::minmax_element(bubbles.begin(), bubbles.end(),
                          [](const PlacedBubble& a, const PlacedBubble& b) {
                            return a.center.x < b.center.x;
                          });
  const auto [top, bottom] =
      std::minmax_element(bubbles.begin(), bubbles.end(),
                          [](const PlacedBubble& a, const PlacedBubble& b) {
                            return a.center.y < b.center.y;
                          });
  const bool is_wide =
      right->center.x - left->center.x > bottom->center.y - top->center.y;
  std::sort(bubbles.begin(), bubbles.end(),
            [&](const PlacedBubble& a, const PlacedBubble& b) {
              return is_wide ? std::tie(a.center.x, a.center.y, a.index) <
                                   std::tie(b.center.x, b.center.y, b.index)
                             : std::tie(a.center.y, a.center.x, a.index) <
                                   std::tie(b.center.y, b.center.x, b.index);
            });
  const auto middle = bubbles.begin() + bubbles.size() / 2;
  Divide({bubbles.begin(), middle}, most, tiles);
  Divide({middle, bubbles.end()}, most, tiles);
}

}  // namespace

std::vector<std::vector<Tile>> MakeTiles(const Sheet& sheet) {
  std::vector<std::vector<PlacedBubble>> bubbles(sheet.group_count());
  int index = 0;
  for (size_t f = 0; f < sheet.fields().size(); ++f) {
    for (const Bubble& bubble : sheet.fields()[f].bubbles) {
      bubbles[sheet.groups()[f]].push_back({index++, bubble.center});
    }
  }
  std::vector<std::vector<Tile>> tiles(sheet.group_count());
  for (size_t group = 0; group < bubbles.size(); ++group) {
    // Parts may be half as large as allowed.
    const size_t most =
        std::max(kTileBubbles, 2 * bubbles[group].size() / kMaxTiles + 1);
    Divide(std::move(bubbles[group]), most, tiles[group]);
  }
  return tiles;
}

}  // namespace sightline::grade
