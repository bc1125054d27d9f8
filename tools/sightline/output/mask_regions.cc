#include "tools/sightline/output/mask_regions.h"

#include <cstddef>

namespace sightline::cli {
namespace {

struct Run {
  int y = 0;
  int begin = 0;
  int end = 0;
  // An earlier run of the same region, or itself.
  int32_t parent = 0;
};

int32_t Root(std::vector<Run>& runs, int32_t at) {
  while (runs[at].parent != at) {
    runs[at].parent = runs[runs[at].parent].parent;
    at = runs[at].parent;
  }
  return at;
}

// The earlier run stays the root, so that a region is found at its first pixel.
void Join(std::vector<Run>& runs, int32_t a, int32_t b) {
  a = Root(runs, a);
  b = Root(runs, b);
  if (a < b) runs[b].parent = a;
  if (b < a) runs[a].parent = b;
}

}  // namespace

std::vector<MaskRegion> FindRegions(const GrayImage& mask, bool with_corners,
                                    int64_t most_runs) {
  std::vector<Run> runs;
  size_t above = 0;
  size_t above_end = 0;
  const int reach = with_corners ? 1 : 0;
  for (int y = 0; y < mask.height(); ++y) {
    const uint8_t* row = mask.row(y);
    const size_t first = runs.size();
    size_t candidate = above;
    for (int x = 0; x < mask.width();) {
      const int begin = x;
      while (x < mask.width() && row[x] == row[begin]) ++x;
      if (row[begin] == 0) continue;
      if (static_cast<int64_t>(runs.size()) >= most_runs) return {};
      const auto self = static_cast<int32_t>(runs.size());
      runs.push_back({y, begin, x, self});
      // Runs above that end before this one begins are of no further use.
      while (candidate < above_end && runs[candidate].end + reach <= begin) {
        ++candidate;
      }
      for (size_t i = candidate; i < above_end && runs[i].begin < x + reach;
           ++i) {
        if (mask.row(y - 1)[runs[i].begin] == row[begin]) {
          Join(runs, static_cast<int32_t>(i), self);
        }
      }
    }
    above = first;
    above_end = runs.size();
  }
  std::vector<MaskRegion> regions;
  std::vector<int32_t> region_of(runs.size(), -1);
  std::vector<int> longest;
  for (size_t i = 0; i < runs.size(); ++i) {
    const int32_t root = Root(runs, static_cast<int32_t>(i));
    if (region_of[root] < 0) {
      region_of[root] = static_cast<int32_t>(regions.size());
      MaskRegion region;
      region.label = mask.row(runs[i].y)[runs[i].begin];
      regions.push_back(region);
      longest.push_back(0);
    }
    MaskRegion& region = regions[region_of[root]];
    const int length = runs[i].end - runs[i].begin;
    region.pixels += length;
    if (length > longest[region_of[root]]) {
      longest[region_of[root]] = length;
      region.x = (runs[i].begin + runs[i].end) / 2;
      region.y = runs[i].y;
    }
  }
  return regions;
}

}  // namespace sightline::cli
