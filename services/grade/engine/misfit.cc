#include "services/grade/engine/misfit.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <optional>

#include "services/grade/engine/quantile.h"

namespace sightline::grade {
namespace {

// Groups that tell where the page lies.
constexpr size_t kEnoughGroups = 3;
// The most by which a group may be stretched otherwise: copiers and curled
// paper stay below 2 %.
constexpr double kMostStretch = 0.025;
// How far a group may lie from where the others are, and what a stretch from
// end to end must come to, as a share of a bubble: on 600 generated sheets and
// on the real ones groups in their places are at most 0.32 away.
constexpr double kMostAway = 0.35;

// Displacements of a group along one direction: the mean, and how they grow
// with the place, by least squares.
class Displacements {
 public:
  void Add(double place, double displacement) {
    ++count_;
    place_ += place;
    displacement_ += displacement;
    product_ += place * displacement;
    square_ += place * place;
    low_ = std::min(low_, place);
    high_ = std::max(high_, place);
  }
  double extent() const { return count_ == 0 ? 0 : high_ - low_; }
  std::optional<double> Mean() const {
    if (count_ == 0) return std::nullopt;
    return displacement_ / count_;
  }
  // Nullopt where all places are the same.
  std::optional<double> Slope() const {
    const double spread = square_ - place_ * place_ / count_;
    if (count_ == 0 || extent() <= 0 || spread <= 0) return std::nullopt;
    return (product_ - place_ * displacement_ / count_) / spread;
  }

 private:
  int count_ = 0;
  double place_ = 0;
  double displacement_ = 0;
  double product_ = 0;
  double square_ = 0;
  double low_ = INFINITY;
  double high_ = -INFINITY;
};

// The middle of what is known; nullopt where that is too little.
std::optional<double> Middle(const std::vector<std::optional<double>>& values) {
  std::vector<double> known;
  for (const auto& value : values) {
    if (value.has_value()) known.push_back(*value);
  }
  if (known.size() < kEnoughGroups) return std::nullopt;
  return Quantile(known, 0.5);
}

// Marks the groups that are unlike the middle one. `bubbles`: the side of every
// group's bubbles in that direction.
void MarkUnlike(const std::vector<Displacements>& groups,
                const std::vector<double>& bubbles,
                std::vector<bool>& is_unlike) {
  std::vector<std::optional<double>> means;
  std::vector<std::optional<double>> slopes;
  for (const Displacements& group : groups) {
    means.push_back(group.Mean());
    slopes.push_back(group.Slope());
  }
  const auto mean = Middle(means);
  const auto slope = Middle(slopes);
  for (size_t i = 0; i < groups.size(); ++i) {
    const double most = kMostAway * bubbles[i];
    if (mean.has_value() && means[i].has_value() &&
        std::abs(*means[i] - *mean) > most) {
      is_unlike[i] = true;
    }
    if (!slope.has_value() || !slopes[i].has_value()) continue;
    const double stretch = std::abs(*slopes[i] - *slope);
    if (stretch > kMostStretch && stretch * groups[i].extent() > most) {
      is_unlike[i] = true;
    }
  }
}

}  // namespace

std::vector<bool> FindMisfits(const Sheet& sheet, const PrintModel& print) {
  std::vector<Displacements> across(sheet.group_count());
  std::vector<Displacements> down(sheet.group_count());
  std::vector<double> widths(sheet.group_count());
  std::vector<double> heights(sheet.group_count());
  size_t at = 0;
  for (size_t f = 0; f < sheet.fields().size(); ++f) {
    const int group = sheet.groups()[f];
    const double pitch = print.groups[group].frame.pitch;
    for (const Bubble& bubble : sheet.fields()[f].bubbles) {
      const Shift& shift = print.shifts[at++];
      if (!print.groups[group].has_outlines) continue;
      across[group].Add(bubble.center.x, shift.x * pitch);
      down[group].Add(bubble.center.y, shift.y * pitch);
      widths[group] = bubble.size.width;
      heights[group] = bubble.size.height;
    }
  }
  std::vector<bool> is_misfit(sheet.group_count(), false);
  MarkUnlike(across, widths, is_misfit);
  MarkUnlike(down, heights, is_misfit);
  for (int group = 0; group < sheet.group_count(); ++group) {
    const GroupPrint& own = print.groups[group];
    if (own.has_outlines && own.is_at_limit) is_misfit[group] = true;
  }
  return is_misfit;
}

}  // namespace sightline::grade
