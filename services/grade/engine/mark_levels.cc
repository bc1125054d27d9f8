#include "services/grade/engine/mark_levels.h"

#include <algorithm>
#include <cmath>

namespace sightline::grade {
namespace {

// Constants of the decision. They were chosen on the real sheets at hand (12
// sheets, 1,100 marks) and on generated ones; see real_sheets_test.
struct Rules {
  // Veil above the page's lightest tenth that first looks like a mark, and the
  // share of the way to its darkest that does.
  float first_veil = 0.12f;
  float first_share = 0.35f;
  // A page whose lightest tenth is darker than this is marked all over.
  float all_marked_veil = 0.40f;
  // Samples that make a median worth using.
  size_t enough = 3;
  size_t enough_for_noise = 20;
  size_t enough_marks = 4;
  // Half of what the fill of empty bubbles with different letters differs by.
  float letter_spread = 0.05f;
  // No page is cleaner than this; excess.
  double least_noise = 0.006;
  // Excess that counts as a mark when levels are looked for.
  double least_mark = 0.12;
  double mark_noises = 6;
  // Empty beyond doubt: below this, below so many noises, and below this share
  // of a mark.
  double empty_below = 0.045;
  double empty_noises = 4.5;
  double empty_share = 0.10;
  // Threshold, as a share of a typical mark: in the widest gap between these.
  double gap_from = 0.30;
  double gap_to = 0.55;
  // Marked beyond doubt, as a share of a typical mark.
  double marked_share = 0.55;
};
constexpr Rules kRules;

// q-quantile; reorders `values`. 0 when empty.
template <typename T>
T Quantile(std::vector<T>& values, double q) {
  if (values.empty()) return 0;
  const auto at =
      values.begin() + static_cast<size_t>(q * (values.size() - 1) + 0.5);
  std::nth_element(values.begin(), at, values.end());
  return *at;
}

// Which bubbles look empty at first sight, by their veil: letters do not
// touch it.
std::vector<bool> LookEmpty(const std::vector<Ink>& bubbles) {
  std::vector<float> veils;
  for (const Ink& ink : bubbles) {
    if (ink.is_usable) veils.push_back(ink.veil);
  }
  const float lightest = Quantile(veils, 0.10);
  const float darkest = Quantile(veils, 0.98);
  const float limit =
      lightest > kRules.all_marked_veil
          ? 0
          : lightest + std::max(kRules.first_veil,
                                kRules.first_share * (darkest - lightest));
  std::vector<bool> look_empty(bubbles.size());
  for (size_t i = 0; i < bubbles.size(); ++i) {
    look_empty[i] = bubbles[i].is_usable && bubbles[i].veil < limit;
  }
  return look_empty;
}

// Medians of empty-looking bubbles: of every set that has enough of them, of a
// wider set for the others.
class EmptyMedians {
 public:
  explicit EmptyMedians(int sets) : values_(sets) {}
  void Add(int set, float value) { values_[set].push_back(value); }
  void Finish() {
    for (auto& values : values_) {
      medians_.push_back(values.size() >= kRules.enough
                             ? std::optional<float>(Quantile(values, 0.5))
                             : std::nullopt);
    }
  }
  std::optional<float> Of(int set) const { return medians_[set]; }

 private:
  std::vector<std::vector<float>> values_;
  std::vector<std::optional<float>> medians_;
};

// The middle of the widest gap between neighbouring values within from..to, or
// the middle of the range if it holds none.
double MiddleOfWidestGap(std::vector<double> values, double from, double to) {
  values.push_back(from);
  values.push_back(to);
  std::sort(values.begin(), values.end());
  double widest = -1;
  double middle = (from + to) / 2;
  for (size_t i = 0; i + 1 < values.size(); ++i) {
    const double low = std::max(values[i], from);
    const double high = std::min(values[i + 1], to);
    if (high - low > widest) {
      widest = high - low;
      middle = (low + high) / 2;
    }
  }
  return middle;
}

double Noise(std::vector<double>& excesses) {
  const double middle = Quantile(excesses, 0.5);
  for (double& excess : excesses) excess = std::abs(excess - middle);
  return std::max(kRules.least_noise, 1.4826 * Quantile(excesses, 0.5));
}

}  // namespace

MarkLevels FindLevels(const std::vector<Ink>& bubbles, int groups,
                      int columns) {
  const std::vector<bool> look_empty = LookEmpty(bubbles);
  EmptyMedians column_fill(columns);
  EmptyMedians group_fill(groups);
  EmptyMedians group_veil(groups);
  EmptyMedians page_fill(1);
  EmptyMedians page_veil(1);
  for (size_t i = 0; i < bubbles.size(); ++i) {
    if (!look_empty[i]) continue;
    const Ink& ink = bubbles[i];
    column_fill.Add(ink.column, ink.fill);
    group_fill.Add(ink.group, ink.fill);
    group_veil.Add(ink.group, ink.veil);
    page_fill.Add(0, ink.fill);
    page_veil.Add(0, ink.veil);
  }
  for (EmptyMedians* medians :
       {&column_fill, &group_fill, &group_veil, &page_fill, &page_veil}) {
    medians->Finish();
  }
  // A page without empty bubbles is compared with plain paper.
  const float any_fill = page_fill.Of(0).value_or(0);
  const float any_veil = page_veil.Of(0).value_or(0);

  MarkLevels levels;
  levels.excess.resize(bubbles.size());
  std::vector<std::vector<double>> noise(groups);
  std::vector<double> page_noise;
  for (size_t i = 0; i < bubbles.size(); ++i) {
    const Ink& ink = bubbles[i];
    if (!ink.is_usable) continue;
    const auto own_fill = column_fill.Of(ink.column);
    const float fill =
        own_fill.value_or(group_fill.Of(ink.group).value_or(any_fill));
    const float veil_excess =
        ink.veil - group_veil.Of(ink.group).value_or(any_veil);
    // Both measures see a mark; a letter out of place disturbs only the fill,
    // a stain at the edge only the veil.
    float excess = (ink.fill - fill + veil_excess) / 2;
    if (!own_fill.has_value()) {
      // How much ink this letter has is not known: only what is more than
      // letters differ counts.
      excess = std::max(veil_excess, excess - kRules.letter_spread);
    }
    levels.excess[i] = excess;
    if (look_empty[i]) {
      noise[ink.group].push_back(excess);
      page_noise.push_back(excess);
    }
  }

  const double noise_of_page = Noise(page_noise);
  std::vector<double> marks;
  std::vector<std::vector<double>> group_marks(groups);
  std::vector<float> mark_fills;
  std::vector<double> all;
  const double least_mark =
      std::max(kRules.least_mark, kRules.mark_noises * noise_of_page);
  for (size_t i = 0; i < bubbles.size(); ++i) {
    if (!bubbles[i].is_usable) continue;
    all.push_back(levels.excess[i]);
    if (levels.excess[i] < least_mark) continue;
    marks.push_back(levels.excess[i]);
    group_marks[bubbles[i].group].push_back(levels.excess[i]);
    mark_fills.push_back(bubbles[i].fill);
  }
  const double mark = Quantile(marks, 0.5);
  levels.empty_fill = any_fill;
  levels.mark_fill = Quantile(mark_fills, 0.5);
  levels.threshold = marks.empty()
                         ? least_mark
                         : MiddleOfWidestGap(all, kRules.gap_from * mark,
                                             kRules.gap_to * mark);
  for (int group = 0; group < groups; ++group) {
    GroupLevels& own = levels.groups.emplace_back();
    own.noise = noise[group].size() >= kRules.enough_for_noise
                    ? Noise(noise[group])
                    : noise_of_page;
    own.mark = mark;
    own.threshold = levels.threshold;
    if (group_marks[group].size() >= kRules.enough_marks && mark > 0) {
      // A group in the shadow, or under another pen.
      const double ratio =
          std::clamp(Quantile(group_marks[group], 0.5) / mark, 0.6, 1.4);
      own.mark *= ratio;
      own.threshold *= ratio;
    }
    own.marked_from = std::max(own.threshold, kRules.marked_share * own.mark);
    own.empty_below =
        std::min(std::max({kRules.empty_below, kRules.empty_noises * own.noise,
                           kRules.empty_share * own.mark}),
                 0.8 * own.threshold);
  }
  return levels;
}

}  // namespace sightline::grade
