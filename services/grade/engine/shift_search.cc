#include "services/grade/engine/shift_search.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "services/grade/engine/affine_shift.h"

namespace sightline::grade {
namespace {

// Printed size relative to the layout's. Layouts in use draw boxes within the
// print (1.4 in OMRChecker's samples) or around it.
constexpr double kScales[] = {0.87, 0.95, 1.0, 1.05, 1.13, 1.22, 1.32, 1.42};
// Width and height apart: brackets, and layouts that measured roughly.
constexpr double kSideFactors[] = {0.85, 0.92, 1.0, 1.08, 1.16};
// Of two sizes that fit alike, the layout's is meant.
constexpr float kScalePenalty = 0.15f;
// Tiles, spread over a group, that agree on its size.
constexpr size_t kScaleTiles = 4;
// Bubbles over which a slope of the displacement must earn its keep.
constexpr double kSlopeBubbles = 3;
// Bubbles of a tile that tell the gaps of a grid.
constexpr size_t kGapBubbles = 32;
// How far a tile may be from where its group expects it.
constexpr ShiftRange kOwnWay = {2, 2};
// Share of a group's bubbles that may be found at the end of the search.
constexpr double kMostAtLimit = 0.25;

// Chooses the size that fits best; leaves it in the print.
class ScaleSearch {
 public:
  ScaleSearch(const std::vector<LineMap>& maps, ShiftRange range,
              const BubbleGaps& gaps, GroupPrint& print)
      : range_(range),
        max_scale_x_(MaxScale(gaps.x, print.frame.half_width, print)),
        max_scale_y_(MaxScale(gaps.y, print.frame.half_height, print)),
        print_(print) {
    const size_t taken = std::min(maps.size(), kScaleTiles);
    for (size_t i = 0; i < taken; ++i) {
      maps_.push_back(&maps[i * maps.size() / taken]);
    }
  }

  void Run() {
    const std::vector<Shift> unknown(maps_.size());
    float best_score = -1;
    double best_scale = 1;
    for (const double scale : kScales) {
      const float score = ScoreOf(scale, scale, unknown, range_);
      if (score > best_score) {
        best_score = score;
        best_scale = scale;
      }
    }
    print_.scale_x = print_.scale_y = best_scale;
    const Outline outline = print_.MakeOutline();
    std::vector<Shift> found;
    for (const LineMap* map : maps_) {
      found.push_back(SearchShift(*map, outline, {0, 0}, range_).shift);
    }
    double scale_x = best_scale;
    double scale_y = best_scale;
    for (const double x : kSideFactors) {
      for (const double y : kSideFactors) {
        const float score =
            ScoreOf(best_scale * x, best_scale * y, found, {1, 1});
        if (score > best_score) {
          best_score = score;
          scale_x = best_scale * x;
          scale_y = best_scale * y;
        }
      }
    }
    print_.scale_x = scale_x;
    print_.scale_y = scale_y;
  }

 private:
  // Bubbles that touch their neighbours are this much larger; not below 1,
  // which is what the layout says.
  static double MaxScale(double gap, double half_side,
                         const GroupPrint& print) {
    return std::max(1.0, gap / (2 * half_side * print.frame.pitch));
  }

  // Negative for sizes that can't be.
  float ScoreOf(double scale_x, double scale_y,
                const std::vector<Shift>& around, ShiftRange range) {
    if (scale_x > max_scale_x_ || scale_y > max_scale_y_) return -1;
    print_.scale_x = scale_x;
    print_.scale_y = scale_y;
    const Outline outline = print_.MakeOutline();
    float total = 0;
    for (size_t i = 0; i < maps_.size(); ++i) {
      total += SearchShift(*maps_[i], outline, around[i], range).score;
    }
    const auto away = [](double scale) {
      return static_cast<float>(std::log(scale) * std::log(scale));
    };
    return total / maps_.size() *
           (1 - kScalePenalty * (away(scale_x) + away(scale_y)));
  }

  std::vector<const LineMap*> maps_;
  const ShiftRange range_;
  const double max_scale_x_;
  const double max_scale_y_;
  GroupPrint& print_;
};

// The widest range in which no bubble can be taken for its neighbour.
ShiftRange RangeWithin(const BubbleGaps& gaps, double pitch) {
  // Below half the distance.
  const auto limit = [&](double gap) {
    return std::clamp(static_cast<int>(0.45 * gap / pitch), 1, kMaxShift);
  };
  return {limit(gaps.x), limit(gaps.y)};
}

Shift Rounded(PixelPoint shift, ShiftRange range) {
  return {
      std::clamp(static_cast<int>(std::lround(shift.x)), -range.x, range.x),
      std::clamp(static_cast<int>(std::lround(shift.y)), -range.y, range.y)};
}

}  // namespace

FoundShift SearchShift(const LineMap& map, const Outline& outline, Shift around,
                       ShiftRange range) {
  constexpr float kFarPenalty = 0.3f;
  constexpr float kFarSquare = 20.0f;
  FoundShift best;
  for (int y = around.y - range.y; y <= around.y + range.y; ++y) {
    if (std::abs(y) > outline.max_shift_y()) continue;
    for (int x = around.x - range.x; x <= around.x + range.x; ++x) {
      if (std::abs(x) > outline.max_shift_x()) continue;
      const int far =
          (x - around.x) * (x - around.x) + (y - around.y) * (y - around.y);
      const float score = outline.Score(map, {x, y}) *
                          (1 - kFarPenalty * far / (far + kFarSquare));
      if (score > best.score) best = {{x, y}, score};
    }
  }
  return best;
}

BubbleGaps GapsOf(const std::vector<Tile>& tiles) {
  BubbleGaps gaps;
  for (const Tile& tile : tiles) {
    const size_t count = std::min(tile.bubbles.size(), kGapBubbles);
    for (size_t i = 0; i < count; ++i) {
      for (size_t k = i + 1; k < count; ++k) {
        const PixelPoint a = tile.bubbles[i].center;
        const PixelPoint b = tile.bubbles[k].center;
        const double dx = std::abs(a.x - b.x);
        const double dy = std::abs(a.y - b.y);
        if (dx > dy) gaps.x = std::min(gaps.x, dx);
        if (dy > dx) gaps.y = std::min(gaps.y, dy);
      }
    }
  }
  return gaps;
}

std::vector<Shift> SearchGroup(const std::vector<LineMap>& maps,
                               const BubbleGaps& gaps, std::vector<Tile>& tiles,
                               GroupPrint& print) {
  const ShiftRange range = RangeWithin(gaps, print.frame.pitch);
  ScaleSearch(maps, range, gaps, print).Run();
  const Outline outline = print.MakeOutline();
  for (size_t i = 0; i < tiles.size(); ++i) {
    const FoundShift found = SearchShift(maps[i], outline, {0, 0}, range);
    tiles[i].found = found.shift;
    tiles[i].score = found.score;
  }
  const AffineShift affine(
      tiles, kSlopeBubbles * print.frame.pitch * PatchFrame::kSamplesAcross);
  std::vector<Shift> shifts;
  size_t at_limit = 0;
  for (size_t i = 0; i < tiles.size(); ++i) {
    Tile& tile = tiles[i];
    const PixelPoint middle = affine.At(tile.center);
    const FoundShift found =
        SearchShift(maps[i], outline, Rounded(middle, range), kOwnWay);
    tile.shift = found.shift;
    tile.score = found.score;
    // Within a tile the page bends as it does across the group.
    for (const PlacedBubble& bubble : tile.bubbles) {
      const PixelPoint there = affine.At(bubble.center);
      shifts.push_back(Rounded({tile.shift.x + there.x - middle.x,
                                tile.shift.y + there.y - middle.y},
                               range));
      at_limit += std::abs(shifts.back().x) == range.x ||
                  std::abs(shifts.back().y) == range.y;
    }
  }
  print.is_at_limit = at_limit > kMostAtLimit * shifts.size();
  return shifts;
}

}  // namespace sightline::grade
