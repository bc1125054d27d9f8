#include "services/grade/engine/proposal/size_groups.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <map>
#include <numeric>
#include <utility>

namespace sightline::grade {
namespace {

// Outlines whose sides differ by less belong together: relative, and pixels.
constexpr double kSameSize = 0.13;
constexpr double kSameSizePixels = 1.5;
// A page has bubbles of a few sizes.
constexpr int kMostSizes = 24;
// Outlines of a group, spots not counted.
constexpr int kLeastOutlines = 3;

bool IsNear(double value, double other) {
  return std::abs(value - other) <=
         std::max(kSameSizePixels, kSameSize * other);
}

}  // namespace

std::vector<SizeGroup> GroupBySize(const std::vector<FoundOutline>& outlines) {
  std::vector<int> left(outlines.size());
  std::iota(left.begin(), left.end(), 0);
  std::vector<SizeGroup> groups;
  while (groups.size() < kMostSizes && left.size() >= kLeastOutlines) {
    // Counted in cells that are a twelfth wider than the one before, with
    // their neighbours.
    const auto cell = [](double side) {
      return static_cast<int>(std::floor(std::log(side) / std::log(13 / 12.0)));
    };
    std::map<std::pair<int, int>, int> counts;
    for (const int i : left) {
      if (outlines[i].is_filled) continue;
      ++counts[{cell(outlines[i].size.width), cell(outlines[i].size.height)}];
    }
    std::pair<int, int> best;
    int best_count = 0;
    for (const auto& [at, count] : counts) {
      int sum = 0;
      for (int b = -1; b <= 1; ++b) {
        for (int a = -1; a <= 1; ++a) {
          const auto found = counts.find({at.first + a, at.second + b});
          if (found != counts.end()) sum += found->second;
        }
      }
      if (sum > best_count) {
        best_count = sum;
        best = at;
      }
    }
    if (best_count < kLeastOutlines) break;
    PixelSize mean;
    int count = 0;
    for (const int i : left) {
      const PixelSize size = outlines[i].size;
      if (outlines[i].is_filled ||
          std::abs(cell(size.width) - best.first) > 1 ||
          std::abs(cell(size.height) - best.second) > 1) {
        continue;
      }
      mean.width += size.width;
      mean.height += size.height;
      ++count;
    }
    mean = {mean.width / count, mean.height / count};
    SizeGroup group;
    group.size = mean;
    std::vector<int> rest;
    for (const int i : left) {
      const PixelSize size = outlines[i].size;
      const bool belongs =
          IsNear(size.width, mean.width) && IsNear(size.height, mean.height);
      (belongs ? group.members : rest).push_back(i);
    }
    if (group.members.empty()) break;
    groups.push_back(std::move(group));
    left = std::move(rest);
  }
  return groups;
}

}  // namespace sightline::grade
