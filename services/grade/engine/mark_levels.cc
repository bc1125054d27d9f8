#include "services/grade/engine/mark_levels.h"

#include <algorithm>
#include <cmath>
#include <optional>

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
  // What the fill of empty bubbles with different letters differs by.
  float letter_spread = 0.07f;
  // A column's empty bubbles: those within `lower_width` of its lowest.
  double lower_quantile = 0.12;
  float lower_width = 0.06f;
  // The heaviest letters of a group against its typical one.
  float heaviest_share = 1.6f;
  float heaviest_more = 0.02f;
  // The most that a letter raises the veil above its group's.
  float letter_veil = 0.06f;
  // Weight of the fill alone.
  float fill_weight = 0.75f;
  // Marks that make a level; fewer must be this dark to be beyond doubt.
  size_t enough_for_level = 5;
  double sure_mark = 0.25;
  // No page is cleaner than this; excess.
  double least_noise = 0.003;
  // Excess that counts as a mark when levels are looked for.
  double least_mark = 0.12;
  double mark_noises = 6;
  // Enough bubbles above this are marks, however faint: those beyond the widest
  // gap up to this share of their median.
  double least_faint_mark = 0.04;
  double faint_noises = 5;
  double faint_share = 0.6;
  double clear_range = 0.01;
  double clear_gap = 0.5;
  // Empty beyond doubt: below this, below so many noises, and below this share
  // of a mark.
  double empty_below = 0.045;
  double empty_noises = 4.5;
  double empty_share = 0.10;
  // The same where every other field has a mark; and what share of the bubbles
  // must be marked for that.
  double blank_below = 0.011;
  double blank_noises = 3.5;
  double answered_share = 0.08;
  // And on a page that is mostly blank.
  double lone_below = 0.02;
  double lone_noises = 6;
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

// Levels of empty-looking bubbles, one per set (column, group, page) that has
// enough of them.
class EmptyLevels {
 public:
  explicit EmptyLevels(int sets) : values_(sets), levels_(sets) {}
  void Add(int set, float value) { values_[set].push_back(value); }

  void TakeMedians() {
    for (size_t set = 0; set < values_.size(); ++set) {
      if (values_[set].size() < kRules.enough) continue;
      levels_[set] = Quantile(values_[set], 0.5);
    }
  }

  // The median of the lower cluster: ticks leave the veil alone, so in a column
  // that is ticked in most rows the emptiest bubbles must tell. No column lies
  // above `highest`(set): letters do not differ that much.
  template <typename Highest>
  void TakeLowerMedians(Highest highest) {
    for (size_t set = 0; set < values_.size(); ++set) {
      std::vector<float>& values = values_[set];
      if (values.size() < kRules.enough) continue;
      const float limit =
          Quantile(values, kRules.lower_quantile) + kRules.lower_width;
      values.erase(std::remove_if(values.begin(), values.end(),
                                  [&](float value) { return value > limit; }),
                   values.end());
      levels_[set] =
          std::min(Quantile(values, 0.5), highest(static_cast<int>(set)));
    }
  }

  std::optional<float> Of(int set) const { return levels_[set]; }

 private:
  std::vector<std::vector<float>> values_;
  std::vector<std::optional<float>> levels_;
};

struct Gap {
  double middle = 0;
  double width = 0;
};

// The widest gap between neighbouring values within from..to.
Gap WidestGap(std::vector<double> values, double from, double to) {
  values.push_back(from);
  values.push_back(to);
  std::sort(values.begin(), values.end());
  Gap widest = {(from + to) / 2, -1};
  for (size_t i = 0; i + 1 < values.size(); ++i) {
    const double low = std::max(values[i], from);
    const double high = std::min(values[i + 1], to);
    if (high - low > widest.width) widest = {(low + high) / 2, high - low};
  }
  return widest;
}

// Scatter of empty bubbles: of the middle half, or of the lightest if they
// scatter more. The dark side may hold traces and ticks.
double Noise(std::vector<double>& excesses) {
  const double middle = Quantile(excesses, 0.5);
  const double light = middle - Quantile(excesses, 0.03);
  for (double& excess : excesses) excess = std::abs(excess - middle);
  return std::max(
      {kRules.least_noise, 1.4826 * Quantile(excesses, 0.5), light / 1.88});
}

// Excess above which a bubble counts as a mark when levels are looked for.
double LeastMark(const std::vector<float>& excesses,
                 const std::vector<Ink>& bubbles, double noise) {
  const double usual = std::max(kRules.least_mark, kRules.mark_noises * noise);
  const double low =
      std::max(kRules.least_faint_mark, kRules.faint_noises * noise);
  std::vector<double> all;
  std::vector<double> above;
  for (size_t i = 0; i < bubbles.size(); ++i) {
    if (!bubbles[i].is_usable) continue;
    all.push_back(excesses[i]);
    if (excesses[i] > low) above.push_back(excesses[i]);
  }
  if (above.size() < kRules.enough_for_level) return usual;
  const double high = std::max(low, kRules.faint_share * Quantile(above, 0.5));
  const Gap gap = WidestGap(all, low, high);
  // Letters that the scan blurs trail off; marks stand apart.
  if (high - low < std::max(kRules.clear_range, noise) ||
      gap.width < kRules.clear_gap * (high - low)) {
    return usual;
  }
  return std::min(usual, gap.middle);
}

}  // namespace

MarkLevels FindLevels(const std::vector<Ink>& bubbles, int groups,
                      int columns) {
  const std::vector<bool> look_empty = LookEmpty(bubbles);
  EmptyLevels column_fill(columns);
  EmptyLevels column_veil(columns);
  EmptyLevels group_fill(groups);
  EmptyLevels group_veil(groups);
  EmptyLevels page_fill(1);
  EmptyLevels page_veil(1);
  std::vector<int> group_of_column(columns, 0);
  for (size_t i = 0; i < bubbles.size(); ++i) {
    if (!look_empty[i]) continue;
    const Ink& ink = bubbles[i];
    group_of_column[ink.column] = ink.group;
    column_fill.Add(ink.column, ink.fill);
    column_veil.Add(ink.column, ink.veil);
    group_fill.Add(ink.group, ink.fill);
    group_veil.Add(ink.group, ink.veil);
    page_fill.Add(0, ink.fill);
    page_veil.Add(0, ink.veil);
  }
  for (EmptyLevels* levels :
       {&group_fill, &group_veil, &page_fill, &page_veil}) {
    levels->TakeMedians();
  }
  // A page without empty bubbles is compared with plain paper.
  const float any_fill = page_fill.Of(0).value_or(0);
  const float any_veil = page_veil.Of(0).value_or(0);
  column_fill.TakeLowerMedians([&](int column) {
    const float typical =
        group_fill.Of(group_of_column[column]).value_or(any_fill);
    return kRules.heaviest_share * typical + kRules.heaviest_more;
  });
  // Where the scan blurs letters they reach the veil, each a little more or
  // less.
  column_veil.TakeLowerMedians([&](int column) {
    return group_veil.Of(group_of_column[column]).value_or(any_veil) +
           kRules.letter_veil;
  });

  MarkLevels levels;
  levels.excess.resize(bubbles.size());
  levels.trace.resize(bubbles.size());
  std::vector<std::vector<double>> noise(groups);
  std::vector<double> page_noise;
  for (size_t i = 0; i < bubbles.size(); ++i) {
    const Ink& ink = bubbles[i];
    if (!ink.is_usable) continue;
    const auto own_fill = column_fill.Of(ink.column);
    const float fill =
        own_fill.value_or(group_fill.Of(ink.group).value_or(any_fill));
    const float veil_excess =
        ink.veil - column_veil.Of(ink.column)
                       .value_or(group_veil.Of(ink.group).value_or(any_veil));
    const float fill_excess = ink.fill - fill;
    // Both measures see a filled bubble; a tick raises only the fill, and a
    // letter out of place disturbs only the fill.
    float excess = std::max((fill_excess + veil_excess) / 2,
                            kRules.fill_weight * fill_excess);
    if (!own_fill.has_value()) {
      // How much ink this letter has is not known: only what is more than
      // letters differ counts.
      excess = std::max(veil_excess, excess - kRules.letter_spread);
    }
    levels.excess[i] = excess;
    levels.trace[i] =
        own_fill.has_value() ? kRules.fill_weight * fill_excess : excess;
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
  const double least_mark = LeastMark(levels.excess, bubbles, noise_of_page);
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
  levels.threshold =
      marks.empty()
          ? least_mark
          : WidestGap(all, kRules.gap_from * mark, kRules.gap_to * mark).middle;
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
    if (marks.size() < kRules.enough_for_level) {
      own.marked_from = std::max(own.marked_from, kRules.sure_mark);
    }
    own.empty_below =
        std::min(std::max({kRules.empty_below, kRules.empty_noises * own.noise,
                           kRules.empty_share * own.mark}),
                 0.8 * own.threshold);
    const bool is_answered = marks.size() >= kRules.answered_share * all.size();
    own.blank_below = std::min(
        own.empty_below,
        is_answered
            ? std::max(kRules.blank_below, kRules.blank_noises * own.noise)
            : std::max(kRules.lone_below, kRules.lone_noises * own.noise));
  }
  return levels;
}

}  // namespace sightline::grade
