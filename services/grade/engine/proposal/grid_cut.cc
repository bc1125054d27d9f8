#include "services/grade/engine/proposal/grid_cut.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <optional>
#include <utility>

namespace sightline::grade {
namespace {

// Relative to the boxes' size or to a gap. Fitted to the blank forms of the
// sheet generator and to scans of real forms.
struct Thresholds {
  // Points this near to each other are on one line, sizes.
  double same_line = 0.35;
  // Gaps that differ by less are equal: relative, and at least pixels.
  double equal_gap = 0.06;
  double equal_pixels = 1.6;
  // Gaps of a grid, sizes: cells of a table touch, and what is far apart does
  // not belong together.
  double least_gap = 1.06;
  double most_gap = 6;
  // Share of a grid's places that are taken.
  double taken = 0.45;
  // A line with less than this share of the others' points is not one of them.
  double weak_line = 0.3;
};
constexpr Thresholds kThresholds;
constexpr int kLeastInLine = 4;
// Points looked at in all: a bound on time.
constexpr int64_t kMostWork = 100'000'000;

bool AreEqual(double a, double b) {
  return std::abs(a - b) <= std::max(kThresholds.equal_pixels,
                                     kThresholds.equal_gap * std::min(a, b));
}

template <typename T>
T MedianOf(std::vector<T> values) {
  const auto middle = values.begin() + values.size() / 2;
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

// Points projected on one axis: the lines they lie on.
struct Axis {
  // Means, ascending.
  std::vector<double> at;
  std::vector<int> counts;
  // Per member.
  std::vector<int> line;
  // No line is wider than it may be.
  bool is_tight = true;

  int lines() const { return static_cast<int>(at.size()); }
  double Gap(int k) const { return at[k + 1] - at[k]; }
  bool IsEven() const {
    if (!is_tight) return false;
    if (lines() < 2) return true;
    std::vector<double> gaps;
    for (int k = 0; k + 1 < lines(); ++k) gaps.push_back(Gap(k));
    const double median = MedianOf(gaps);
    return std::all_of(gaps.begin(), gaps.end(),
                       [&](double gap) { return AreEqual(gap, median); });
  }
  double MeanGap() const {
    return lines() < 2 ? 0 : (at.back() - at.front()) / (lines() - 1);
  }
};

Axis Project(const std::vector<double>& values, double size) {
  std::vector<int> order(values.size());
  std::iota(order.begin(), order.end(), 0);
  std::sort(order.begin(), order.end(), [&](int a, int b) {
    return values[a] != values[b] ? values[a] < values[b] : a < b;
  });
  Axis axis;
  axis.line.resize(values.size());
  double first = 0;
  double sum = 0;
  double last = 0;
  for (const int i : order) {
    const bool starts =
        axis.at.empty() || values[i] - last > kThresholds.same_line * size;
    if (starts) {
      axis.at.push_back(0);
      axis.counts.push_back(0);
      first = values[i];
      sum = 0;
    }
    last = values[i];
    sum += values[i];
    axis.at.back() = sum / ++axis.counts.back();
    axis.line[i] = axis.lines() - 1;
    if (last - first > 2 * kThresholds.same_line * size) axis.is_tight = false;
  }
  return axis;
}

class Cutter {
 public:
  Cutter(const std::vector<PixelPoint>& points, PixelSize size)
      : points_(points), size_(size) {}

  PointGrids Run() {
    std::vector<int> all(points_.size());
    std::iota(all.begin(), all.end(), 0);
    std::vector<std::vector<int>> open = {std::move(all)};
    // A cut makes two of one, and one point can't be cut: this ends.
    while (!open.empty()) {
      std::vector<int> members = std::move(open.back());
      open.pop_back();
      if (members.empty()) continue;
      work_ += static_cast<int64_t>(members.size());
      if (work_ > kMostWork) {
        LeaveAlone(members);
        continue;
      }
      if (auto halves = Divide(members)) {
        open.push_back(std::move(halves->second));
        open.push_back(std::move(halves->first));
      }
    }
    return std::move(result_);
  }

 private:
  using Halves = std::pair<std::vector<int>, std::vector<int>>;

  double X(int point) const { return points_[point].x; }
  double Y(int point) const { return points_[point].y; }

  void LeaveAlone(const std::vector<int>& members) {
    result_.alone.insert(result_.alone.end(), members.begin(), members.end());
  }

  Axis Across(const std::vector<int>& members) const {
    std::vector<double> values;
    for (const int m : members) values.push_back(X(m));
    return Project(values, size_.width);
  }
  Axis Down(const std::vector<int>& members) const {
    std::vector<double> values;
    for (const int m : members) values.push_back(Y(m));
    return Project(values, size_.height);
  }

  // Two parts to go on with; nullopt when the members are a grid or nothing.
  std::optional<Halves> Divide(const std::vector<int>& members) {
    const Axis columns = Across(members);
    const Axis rows = Down(members);
    if (TakeGrid(members, columns, rows)) return std::nullopt;
    if (TakeWithoutWeakLines(members, columns, rows, true)) {
      return std::nullopt;
    }
    std::optional<Halves> halves = BestCut(members, columns, rows);
    if (halves.has_value()) return halves;
    if (TakeWithoutWeakLines(members, columns, rows, false)) {
      return std::nullopt;
    }
    LeaveAlone(members);
    return std::nullopt;
  }

  bool GapFits(const Axis& axis, double size) const {
    if (axis.lines() < 2) return true;
    const double gap = axis.MeanGap();
    return gap >= kThresholds.least_gap * size &&
           gap <= kThresholds.most_gap * size;
  }

  bool TakeGrid(const std::vector<int>& members, const Axis& columns,
                const Axis& rows) {
    if (!columns.IsEven() || !rows.IsEven() || !GapFits(columns, size_.width) ||
        !GapFits(rows, size_.height)) {
      return false;
    }
    const int64_t places = int64_t{columns.lines()} * rows.lines();
    const int count = static_cast<int>(members.size());
    if (count > places) return false;  // Two at one place.
    const bool is_line = columns.lines() == 1 || rows.lines() == 1;
    if (is_line ? count < kLeastInLine : count < kThresholds.taken * places) {
      return false;
    }
    if (!is_line &&
        (count < kLeastInLine || HasWeakLine(columns) || HasWeakLine(rows))) {
      return false;
    }
    PointGrid grid;
    grid.rows = rows.lines();
    grid.columns = columns.lines();
    for (size_t i = 0; i < members.size(); ++i) {
      grid.members.push_back({members[i], rows.line[i], columns.line[i]});
    }
    result_.grids.push_back(std::move(grid));
    return true;
  }

  // Distances to the next and the previous point of the row (or column) of
  // every member; infinite where there is none.
  struct Steps {
    std::vector<double> before;
    std::vector<double> after;
    // Member after this one, or -1.
    std::vector<int> next;
  };
  Steps StepsAlong(const std::vector<int>& members, const Axis& lines,
                   bool across) const {
    std::vector<int> order(members.size());
    std::iota(order.begin(), order.end(), 0);
    const auto along = [&](int i) {
      return across ? X(members[i]) : Y(members[i]);
    };
    std::sort(order.begin(), order.end(), [&](int a, int b) {
      if (lines.line[a] != lines.line[b]) return lines.line[a] < lines.line[b];
      return along(a) != along(b) ? along(a) < along(b) : a < b;
    });
    Steps steps;
    steps.before.assign(members.size(), HUGE_VAL);
    steps.after.assign(members.size(), HUGE_VAL);
    steps.next.assign(members.size(), -1);
    for (size_t k = 0; k + 1 < order.size(); ++k) {
      const int a = order[k];
      const int b = order[k + 1];
      if (lines.line[a] != lines.line[b]) continue;
      steps.after[a] = steps.before[b] = along(b) - along(a);
      steps.next[a] = b;
    }
    return steps;
  }

  struct Cut {
    bool across = true;
    // Between this line and the next.
    int line = 0;
    // Free strip, sizes.
    double width = 0;
  };

  // Whether a cut after `line` goes through a grid: most neighbours on either
  // side of it are as far apart as they are from their next ones.
  static bool GoesThroughGrid(const Axis& axis, const Steps& steps, int line) {
    int breaks = 0;
    int pairs = 0;
    for (size_t i = 0; i < axis.line.size(); ++i) {
      const int next = steps.next[i];
      if (next < 0 || axis.line[i] > line || axis.line[next] <= line) continue;
      ++pairs;
      const double step = steps.after[i];
      breaks +=
          (std::isfinite(steps.before[i]) && AreEqual(step, steps.before[i])) ||
          (std::isfinite(steps.after[next]) &&
           AreEqual(step, steps.after[next]));
    }
    return pairs > 0 && 2 * breaks >= pairs;
  }

  std::optional<Halves> BestCut(const std::vector<int>& members,
                                const Axis& columns, const Axis& rows) {
    std::vector<Cut> cuts;
    for (int k = 0; k + 1 < columns.lines(); ++k) {
      cuts.push_back({true, k, columns.Gap(k) / size_.width});
    }
    for (int k = 0; k + 1 < rows.lines(); ++k) {
      cuts.push_back({false, k, rows.Gap(k) / size_.height});
    }
    std::stable_sort(cuts.begin(), cuts.end(), [](const Cut& a, const Cut& b) {
      return a.width > b.width;
    });
    const Steps across = StepsAlong(members, rows, true);
    const Steps down = StepsAlong(members, columns, false);
    for (const Cut& cut : cuts) {
      work_ += static_cast<int64_t>(members.size());
      if (work_ > kMostWork) return std::nullopt;
      const Axis& axis = cut.across ? columns : rows;
      if (cut.width <= kThresholds.most_gap &&
          GoesThroughGrid(axis, cut.across ? across : down, cut.line)) {
        continue;
      }
      Halves halves;
      for (size_t i = 0; i < members.size(); ++i) {
        (axis.line[i] <= cut.line ? halves.first : halves.second)
            .push_back(members[i]);
      }
      return halves;
    }
    return std::nullopt;
  }

  static bool IsWeak(const Axis& axis, int line) {
    return axis.counts[line] <
           kThresholds.weak_line *
               *std::max_element(axis.counts.begin(), axis.counts.end());
  }
  static bool HasWeakLine(const Axis& axis) {
    for (int k = 0; k < axis.lines(); ++k) {
      if (IsWeak(axis, k)) return true;
    }
    return false;
  }

  // Strays between the lines of a grid: what is left without them. With
  // `within`, only if every stray lies between the grid's ends: what lies
  // beside it may be a grid of its own.
  bool TakeWithoutWeakLines(const std::vector<int>& members,
                            const Axis& columns, const Axis& rows,
                            bool within) {
    std::vector<int> strong;
    std::vector<int> weak;
    for (size_t i = 0; i < members.size(); ++i) {
      const bool stray =
          IsWeak(columns, columns.line[i]) || IsWeak(rows, rows.line[i]);
      (stray ? weak : strong).push_back(members[i]);
    }
    if (weak.empty() || strong.empty()) return false;
    const Axis across = Across(strong);
    const Axis down = Down(strong);
    if (within && !std::all_of(weak.begin(), weak.end(), [&](int m) {
          return X(m) > across.at.front() && X(m) < across.at.back() &&
                 Y(m) > down.at.front() && Y(m) < down.at.back();
        })) {
      return false;
    }
    if (!TakeGrid(strong, across, down)) return false;
    LeaveAlone(weak);
    return true;
  }

  const std::vector<PixelPoint>& points_;
  const PixelSize size_;
  int64_t work_ = 0;
  PointGrids result_;
};

}  // namespace

PointGrids CutIntoGrids(const std::vector<PixelPoint>& points, PixelSize size) {
  return Cutter(points, size).Run();
}

double RowSlope(const std::vector<PixelPoint>& points, PixelSize size,
                int* pairs) {
  // Nearest in a row: points sorted by x, a window of them is looked at.
  std::vector<double> slopes;
  for (const bool across : {true, false}) {
    const auto along = [&](const PixelPoint& p) { return across ? p.x : p.y; };
    const auto aside = [&](const PixelPoint& p) { return across ? p.y : p.x; };
    const double reach =
        kThresholds.most_gap * (across ? size.width : size.height);
    const double room = 0.5 * (across ? size.height : size.width);
    std::vector<PixelPoint> sorted = points;
    std::sort(sorted.begin(), sorted.end(),
              [&](const PixelPoint& a, const PixelPoint& b) {
                return along(a) != along(b) ? along(a) < along(b)
                                            : aside(a) < aside(b);
              });
    for (size_t i = 0; i < sorted.size(); ++i) {
      for (size_t j = i + 1;
           j < sorted.size() && along(sorted[j]) - along(sorted[i]) <= reach;
           ++j) {
        const double run = along(sorted[j]) - along(sorted[i]);
        const double rise = aside(sorted[j]) - aside(sorted[i]);
        if (std::abs(rise) > room || run < (across ? size.width : size.height))
          continue;
        slopes.push_back((across ? rise : -rise) / run);
        break;
      }
    }
  }
  *pairs += static_cast<int>(slopes.size());
  if (slopes.size() < 4) return 0;
  return MedianOf(slopes);
}

}  // namespace sightline::grade
