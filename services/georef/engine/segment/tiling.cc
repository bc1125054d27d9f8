#include "services/georef/engine/segment/tiling.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <optional>

namespace sightline::georef {
namespace {

int OverlapOf(int tile, int overlap) { return std::min(overlap, tile / 2); }

// How many tiles of `tile` input pixels cover `length`.
int64_t CountTiles(int64_t length, int tile, int overlap) {
  if (length <= tile) return 1;
  const int64_t step = std::max(tile - OverlapOf(tile, overlap), 1);
  return 1 + (length - tile + step - 1) / step;
}

int64_t ScaledLength(int side, double scale) {
  return std::max<int64_t>(
      1, static_cast<int64_t>(std::ceil(side * scale - 1e-9)));
}

// The shortest side that covers `length` with as few tiles as the longest one.
int ShortestSide(const InputSizeRange& range, int most, int64_t length,
                 int overlap) {
  const int step = range.multiple_of;
  most = std::max(std::min(range.maximum, most / step * step), range.minimum);
  const int64_t count = CountTiles(length, most, overlap);
  for (int side = range.minimum; side < most; side += step) {
    if (CountTiles(length, side, overlap) <= count) return side;
  }
  return most;
}

std::vector<TileSpan> PlanAxis(int side, double scale, int tile, int overlap) {
  const int64_t length = ScaledLength(side, scale);
  const int64_t count = CountTiles(length, tile, overlap);
  std::vector<TileSpan> spans(static_cast<size_t>(count));
  for (int64_t i = 1; i < count; ++i) {
    spans[i].start = static_cast<int>((length - tile) * i / (count - 1));
    // The seam: the middle of what both tiles see.
    const double seam = (spans[i - 1].start + tile + spans[i].start) / 2.0;
    spans[i].first = std::clamp(static_cast<int>(std::lround(seam / scale)),
                                spans[i - 1].first, side);
    spans[i - 1].last = spans[i].first;
  }
  spans.back().last = side;
  return spans;
}

}  // namespace

Tiling PlanTiling(const ModelInput& input, InputSize largest, int width,
                  int height, double scale, int overlap) {
  const int64_t columns = ScaledLength(width, scale);
  const int64_t rows = ScaledLength(height, scale);
  std::vector<InputSize> candidates = input.sizes;
  if (input.size_range) {
    candidates = {
        {ShortestSide(*input.size_range, largest.width, columns, overlap),
         ShortestSide(*input.size_range, largest.height, rows, overlap)}};
  }
  const auto pixels = [](const InputSize& size) {
    return int64_t{size.width} * size.height;
  };
  struct Cost {
    int64_t pixels = 0;
    int64_t tiles = 0;
    auto operator<=>(const Cost&) const = default;
  };
  std::optional<Cost> best;
  InputSize tile = largest;
  for (const InputSize& size : candidates) {
    if (pixels(size) > pixels(largest)) continue;
    const int64_t tiles = CountTiles(columns, size.width, overlap) *
                          CountTiles(rows, size.height, overlap);
    const Cost cost = {tiles * pixels(size), tiles};
    if (best && !(cost < *best)) continue;
    best = cost;
    tile = size;
  }
  return {tile, PlanAxis(width, scale, tile.width, overlap),
          PlanAxis(height, scale, tile.height, overlap)};
}

}  // namespace sightline::georef
