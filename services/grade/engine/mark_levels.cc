#include "services/grade/engine/mark_levels.h"

#include <algorithm>
#include <cmath>

#include "services/grade/engine/quantile.h"

namespace sightline::grade {
namespace {

// Constants of the decision, all but counts and shares in excess ink. They were
// chosen on the real sheets at hand (12 sheets, 500 marks) and on 240 generated
// ones; see real_sheets_test.
struct Rules {
  // Bubbles that a group's own scatter needs, and marks that its own level of
  // marks needs; the page's are used for smaller groups.
  size_t enough_for_noise = 20;
  size_t enough_marks = 4;
  // Marks that make a level; fewer must be this dark to be beyond doubt.
  size_t enough_for_level = 5;
  double sure_mark = 0.25;
  // No page is cleaner than this.
  double least_noise = 0.003;
  // What counts as a mark when levels are looked for.
  double least_mark = 0.12;
  double mark_noises = 6;
  // Enough bubbles above this are marks, however faint: those beyond the widest
  // gap up to this share of their median.
  double least_faint_mark = 0.04;
  double faint_noises = 5;
  double faint_share = 0.6;
  // ... if that range is at least so wide, and the gap fills this share of it.
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
  // Shading beside a letter: at least this, so many noises, and this share of
  // the letters' ink, which blur spreads.
  double least_veil = 0.07;
  double veil_noises = 3.5;
  size_t enough_for_veil = 5;
  double veil_letter_share = 0.3;
  // Marked beyond doubt, as a share of a typical mark, and of the ink of the
  // letters.
  double marked_share = 0.55;
  double letter_share = 0.6;
  double trace_share = 0.45;
};
constexpr Rules kRules;

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

// Per bubble: its veil beyond what is usual in its column. Blur spreads some
// letters' ink more than others'; where most of a column is marked, or it is
// short, nothing is known.
std::vector<float> VeilsBeyondColumns(const std::vector<Ink>& bubbles,
                                      int columns) {
  std::vector<std::vector<float>> values(columns);
  for (const Ink& ink : bubbles) {
    if (ink.is_usable) values[ink.column].push_back(ink.veil);
  }
  std::vector<float> usual(columns, 1);
  for (int column = 0; column < columns; ++column) {
    if (values[column].size() < kRules.enough_for_veil) continue;
    usual[column] = Quantile(values[column], 0.5);
  }
  std::vector<float> beyond;
  beyond.reserve(bubbles.size());
  for (const Ink& ink : bubbles) {
    beyond.push_back(std::max(0.0f, ink.veil - usual[ink.column]));
  }
  return beyond;
}

// Veil of shading, by the scatter of `veils`, those of empty-looking bubbles
// beyond their columns', and by the ink of the printed letters.
double VeiledFrom(std::vector<double>& veils, double letter) {
  return std::max({kRules.least_veil,
                   kRules.veil_noises * Quantile(veils, 0.8) / 0.84,
                   kRules.veil_letter_share * letter});
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
    if (!bubbles[i].is_usable || bubbles[i].is_cancelled) continue;
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
  const EmptyInk empty = FindEmptyInk(bubbles, groups, columns);
  MarkLevels levels;
  levels.excess.resize(bubbles.size());
  levels.trace.resize(bubbles.size());
  levels.is_covered.resize(bubbles.size());
  levels.veil = VeilsBeyondColumns(bubbles, columns);
  std::vector<std::vector<double>> noise(groups);
  std::vector<double> page_noise;
  std::vector<double> veils;
  for (size_t i = 0; i < bubbles.size(); ++i) {
    const ExcessInk& ink = empty.bubbles[i];
    levels.excess[i] = ink.excess;
    levels.trace[i] = ink.trace;
    levels.is_covered[i] = ink.is_covered;
    if (!ink.looks_empty || bubbles[i].IsShaded()) continue;
    noise[bubbles[i].group].push_back(ink.excess);
    page_noise.push_back(ink.excess);
    veils.push_back(levels.veil[i]);
  }
  const double veiled_from = VeiledFrom(veils, empty.empty_fill);

  const double noise_of_page = Noise(page_noise);
  std::vector<double> marks;
  std::vector<std::vector<double>> group_marks(groups);
  std::vector<float> mark_fills;
  std::vector<double> all;
  const double least_mark = LeastMark(levels.excess, bubbles, noise_of_page);
  for (size_t i = 0; i < bubbles.size(); ++i) {
    if (!bubbles[i].is_usable || bubbles[i].is_cancelled) continue;
    all.push_back(levels.excess[i]);
    if (levels.excess[i] < least_mark) continue;
    marks.push_back(levels.excess[i]);
    group_marks[bubbles[i].group].push_back(levels.excess[i]);
    mark_fills.push_back(bubbles[i].fill);
  }
  const double mark = Quantile(marks, 0.5);
  levels.empty_fill = empty.empty_fill;
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
    own.veiled_from = veiled_from;
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
    own.trace_from = kRules.trace_share * levels.empty_fill;
    // Heavy letters differ by a good part of their own ink, copies of copies
    // above all.
    own.marked_from =
        std::max(own.marked_from, kRules.letter_share * levels.empty_fill);
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
