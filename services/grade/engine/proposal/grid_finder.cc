#include "services/grade/engine/proposal/grid_finder.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <iterator>
#include <map>
#include <numbers>
#include <numeric>
#include <optional>
#include <tuple>
#include <utility>

#include "services/grade/engine/proposal/grid_cut.h"
#include "services/grade/engine/proposal/size_groups.h"

namespace sightline::grade {
namespace {

// Share of a grid's places that may lie over bubbles of a surer one.
constexpr double kMostOver = 0.02;
// Outlines that a grid has at least.
constexpr int kLeastFound = 3;
// Of a small grid, most places; and they lie where they should. Text has
// letters O that almost form one.
constexpr int kSmallGrid = 9;
constexpr double kSmallGridTaken = 0.75;
constexpr double kSmallGridDeviation = 0.06;
// Bubbles are no smaller than this part of the page's main ones (shorter
// sides); of a grid of smaller ones, this part of the places is found.
constexpr double kLeastOfMain = 0.45;
constexpr double kSmallerTaken = 0.8;
// Outlines of another size than the grids' that are worth telling of.
constexpr int kLeastScatter = 4;
// A single line is believed if its bubbles are as large as those of a grid.
constexpr double kLikeGrid = 0.2;

// The line a + b * i through (i, value) pairs; b = 0 with one place.
std::pair<double, double> FitLine(
    const std::vector<std::pair<int, double>>& samples, int places) {
  double mean_i = 0;
  double mean = 0;
  for (const auto& [i, value] : samples) {
    mean_i += i;
    mean += value;
  }
  mean_i /= samples.size();
  mean /= samples.size();
  if (places < 2) return {mean, 0};
  double up = 0;
  double down = 0;
  for (const auto& [i, value] : samples) {
    up += (i - mean_i) * (value - mean);
    down += (i - mean_i) * (i - mean_i);
  }
  const double gap = down > 0 ? up / down : 0;
  return {mean - gap * mean_i, gap};
}

// nullopt if it is mostly spots.
std::optional<FoundGrid> Fit(const std::vector<FoundOutline>& outlines,
                             const std::vector<int>& group,
                             const PointGrid& grid) {
  FoundGrid found;
  found.rows = grid.rows;
  found.columns = grid.columns;
  found.outlines.assign(static_cast<size_t>(grid.rows) * grid.columns, -1);
  std::vector<std::pair<int, double>> xs;
  std::vector<std::pair<int, double>> ys;
  std::vector<double> widths;
  std::vector<double> heights;
  std::map<BubbleShape, int> shapes;
  for (const PointGrid::Member& member : grid.members) {
    const int index = group[member.point];
    const FoundOutline& outline = outlines[index];
    int& place = found.outlines[static_cast<size_t>(member.row) * grid.columns +
                                member.column];
    if (place >= 0 && outlines[place].score >= outline.score) continue;
    place = index;
  }
  for (int r = 0; r < grid.rows; ++r) {
    for (int c = 0; c < grid.columns; ++c) {
      const int index = found.OutlineAt(r, c);
      if (index < 0) continue;
      const FoundOutline& outline = outlines[index];
      if (outline.is_filled) {
        ++found.filled;
        continue;
      }
      ++found.found;
      xs.emplace_back(c, outline.center.x);
      ys.emplace_back(r, outline.center.y);
      widths.push_back(outline.size.width);
      heights.push_back(outline.size.height);
      ++shapes[outline.shape];
    }
  }
  if (found.found < kLeastFound || found.found < found.filled) {
    return std::nullopt;
  }
  std::tie(found.origin.x, found.column_gap) = FitLine(xs, grid.columns);
  std::tie(found.origin.y, found.row_gap) = FitLine(ys, grid.rows);
  // The middle half: a letter that touches its outline makes it larger.
  const auto middle_mean = [](std::vector<double>& values) {
    std::sort(values.begin(), values.end());
    const size_t skip = values.size() / 4;
    double sum = 0;
    for (size_t i = skip; i < values.size() - skip; ++i) sum += values[i];
    return sum / (values.size() - 2 * skip);
  };
  found.size = {middle_mean(widths), middle_mean(heights)};
  found.shape = std::max_element(shapes.begin(), shapes.end(),
                                 [](const auto& a, const auto& b) {
                                   return a.second < b.second;
                                 })
                    ->first;
  for (const auto& [column, x] : xs) {
    found.deviation =
        std::max(found.deviation,
                 std::abs(x - found.origin.x - column * found.column_gap));
  }
  for (const auto& [row, y] : ys) {
    found.deviation = std::max(
        found.deviation, std::abs(y - found.origin.y - row * found.row_gap));
  }
  return found;
}

// Whether a box around `center` lies over a bubble of `grid`, found or not.
bool Overlaps(PixelPoint center, PixelSize size, const FoundGrid& grid) {
  const auto place = [](double value, double origin, double gap, int count) {
    if (gap <= 0) return 0;
    return std::clamp(static_cast<int>(std::lround((value - origin) / gap)), 0,
                      count - 1);
  };
  const PixelPoint at =
      grid.At(place(center.y, grid.origin.y, grid.row_gap, grid.rows),
              place(center.x, grid.origin.x, grid.column_gap, grid.columns));
  return std::abs(center.x - at.x) < (grid.size.width + size.width) / 2 &&
         std::abs(center.y - at.y) < (grid.size.height + size.height) / 2;
}

bool IsLine(const FoundGrid& grid) {
  return grid.rows == 1 || grid.columns == 1;
}

bool IsChance(const FoundGrid& grid) {
  // All that was found may lie in one column of several.
  if ((grid.columns > 1 && grid.column_gap < grid.size.width) ||
      (grid.rows > 1 && grid.row_gap < grid.size.height)) {
    return true;
  }
  if (grid.found >= kSmallGrid) return false;
  return grid.found + grid.filled <
             kSmallGridTaken * grid.rows * grid.columns ||
         grid.deviation >
             std::max(1.0, kSmallGridDeviation *
                               std::min(grid.size.width, grid.size.height));
}

// Whether `grid` is more likely made of digits, such as the zeros and eights
// of question numbers, than of bubbles on a page whose main ones are `main`'s.
bool IsTextBeside(const FoundGrid& grid, const FoundGrid& main) {
  const double side = std::min(grid.size.width, grid.size.height);
  const double main_side = std::min(main.size.width, main.size.height);
  return side < kLeastOfMain * main_side ||
         (side < 0.8 * main_side &&
          grid.found < kSmallerTaken * grid.rows * grid.columns);
}

// Several outlines of a bubble's size that form no grid: a plan of seats.
bool IsScatter(PixelSize size, const std::vector<int>& members,
               const std::vector<FoundOutline>& outlines,
               const FoundGrid& main) {
  const auto open =
      std::count_if(members.begin(), members.end(),
                    [&](int member) { return !outlines[member].is_filled; });
  const double area = size.width * size.height;
  const double main_area = main.size.width * main.size.height;
  return open >= kLeastScatter && area >= 0.5 * main_area &&
         area <= 1.8 * main_area;
}

// The turn of rows and columns, from how far places of the grids' ends lie off
// the straight lines: y per x.
double SlopeOf(const std::vector<FoundGrid>& grids,
               const std::vector<FoundOutline>& outlines) {
  double up = 0;
  double down = 0;
  for (const FoundGrid& grid : grids) {
    const PixelPoint middle = {
        grid.origin.x + grid.column_gap * (grid.columns - 1) / 2,
        grid.origin.y + grid.row_gap * (grid.rows - 1) / 2};
    for (int r = 0; r < grid.rows; ++r) {
      for (int c = 0; c < grid.columns; ++c) {
        const int index = grid.OutlineAt(r, c);
        if (index < 0 || outlines[index].is_filled) continue;
        const PixelPoint at = grid.At(r, c);
        const PixelPoint center = outlines[index].center;
        const double x = at.x - middle.x;
        const double y = at.y - middle.y;
        up += x * (center.y - at.y) - y * (center.x - at.x);
        down += x * x + y * y;
      }
    }
  }
  return down > 0 ? up / down : 0;
}

// Whether bubbles of `grid` lie over those of others, found or not.
bool IsOverOthers(const FoundGrid& grid, const std::vector<FoundGrid>& surer) {
  int over = 0;
  for (int r = 0; r < grid.rows; ++r) {
    for (int c = 0; c < grid.columns; ++c) {
      const PixelPoint at = grid.At(r, c);
      over +=
          std::any_of(surer.begin(), surer.end(), [&](const FoundGrid& other) {
            return Overlaps(at, grid.size, other);
          });
    }
  }
  return over > kMostOver * grid.rows * grid.columns;
}

// The grids among `members`, in rows that are level; those that are chance are
// left out. Members of none go to `alone`.
std::vector<FoundGrid> GridsAmong(const std::vector<FoundOutline>& outlines,
                                  const std::vector<int>& members,
                                  PixelSize size, double slope,
                                  std::vector<int>& alone) {
  const double along = 1 / std::hypot(1, slope);
  std::vector<PixelPoint> level;
  for (const int m : members) {
    const PixelPoint at = outlines[m].center;
    level.push_back(
        {along * (at.x + slope * at.y), along * (at.y - slope * at.x)});
  }
  const PointGrids cut = CutIntoGrids(level, size);
  std::vector<FoundGrid> grids;
  for (const PointGrid& grid : cut.grids) {
    std::optional<FoundGrid> fitted = Fit(outlines, members, grid);
    if (fitted.has_value() && !IsChance(*fitted)) {
      grids.push_back(*std::move(fitted));
      continue;
    }
    for (const PointGrid::Member& member : grid.members) {
      alone.push_back(members[member.point]);
    }
  }
  for (const int point : cut.alone) alone.push_back(members[point]);
  return grids;
}

}  // namespace

GridSearch FindGrids(const std::vector<FoundOutline>& outlines) {
  GridSearch search;
  const std::vector<SizeGroup> groups = GroupBySize(outlines);

  // One page, one tilt: that of the group with the most neighbours.
  double slope = 0;
  int most_pairs = 0;
  for (const SizeGroup& group : groups) {
    std::vector<PixelPoint> points;
    for (const int m : group.members) {
      if (!outlines[m].is_filled) points.push_back(outlines[m].center);
    }
    int pairs = 0;
    const double own = RowSlope(points, group.size, &pairs);
    if (pairs > most_pairs) {
      most_pairs = pairs;
      slope = own;
    }
  }
  std::vector<FoundGrid> candidates;
  std::vector<std::pair<PixelSize, std::vector<int>>> alone;
  const auto take = [&](std::vector<FoundGrid> grids) {
    std::move(grids.begin(), grids.end(), std::back_inserter(candidates));
  };
  for (const SizeGroup& group : groups) {
    std::vector<int> open;
    std::vector<int> left;
    for (const int m : group.members) {
      (outlines[m].is_filled ? left : open).push_back(m);
    }
    take(GridsAmong(outlines, open, group.size, slope, left));
    // Spots are where a pen or a printer put them: only what forms no grid
    // without them is tried with them.
    alone.emplace_back(group.size, std::vector<int>());
    take(GridsAmong(outlines, left, group.size, slope, alone.back().second));
  }

  // Letters in bubbles form grids, too: smaller ones. A single line comes
  // last: the zeros of 100, 101, 102 ... are one.
  std::stable_sort(candidates.begin(), candidates.end(),
                   [](const FoundGrid& a, const FoundGrid& b) {
                     if (IsLine(a) != IsLine(b)) return IsLine(b);
                     return a.found * a.size.width * a.size.height >
                            b.found * b.size.width * b.size.height;
                   });
  const bool has_grid = !candidates.empty() && !IsLine(candidates.front());
  const auto is_like_grid = [&](PixelSize size) {
    return std::any_of(
        search.grids.begin(), search.grids.end(), [&](const FoundGrid& grid) {
          return std::abs(size.width / grid.size.width - 1) <= kLikeGrid &&
                 std::abs(size.height / grid.size.height - 1) <= kLikeGrid;
        });
  };
  for (FoundGrid& candidate : candidates) {
    if (IsOverOthers(candidate, search.grids)) continue;
    if (has_grid && IsLine(candidate) && !is_like_grid(candidate.size)) {
      continue;
    }
    if (!search.grids.empty() &&
        IsTextBeside(candidate, search.grids.front())) {
      continue;
    }
    search.grids.push_back(std::move(candidate));
  }
  search.tilt_degrees =
      std::atan(SlopeOf(search.grids, outlines)) * 180 / std::numbers::pi;
  for (const auto& [size, members] : alone) {
    if (!search.grids.empty() && !is_like_grid(size) &&
        !IsScatter(size, members, outlines, search.grids.front())) {
      continue;
    }
    for (const int m : members) {
      if (outlines[m].is_filled) continue;
      const bool nested = std::any_of(
          search.grids.begin(), search.grids.end(), [&](const FoundGrid& grid) {
            return Overlaps(outlines[m].center, {}, grid);
          });
      if (!nested) search.alone.push_back(m);
    }
  }
  return search;
}

}  // namespace sightline::grade
