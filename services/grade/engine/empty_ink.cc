#include "services/grade/engine/empty_ink.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include "services/grade/engine/covered_print.h"
#include "services/grade/engine/quantile.h"

namespace sightline::grade {
namespace {

// Chosen on the real sheets at hand (12 sheets, 500 marks) and on 240
// generated ones; see real_sheets_test.
struct Rules {
  // Veil above the page's lightest tenth that first looks like a mark, and the
  // share of the way to its darkest that does.
  float first_veil = 0.12f;
  float first_share = 0.35f;
  // A page whose lightest tenth is darker than this is marked all over.
  float all_marked_veil = 0.40f;
  // Empty-looking bubbles that a level needs, and the share of a column's
  // bubbles that must look empty.
  size_t enough = 3;
  double enough_share = 0.25;
  // A column's empty bubbles: those within `lower_width` of its lowest.
  double lower_quantile = 0.12;
  float lower_width = 0.06f;
  // The heaviest letters of a group against its typical one.
  float heaviest_share = 1.4f;
  float heaviest_more = 0.02f;
  // The same against the other columns' letters where the column's bubbles are
  // not alike, as print is: the middle half differs by this much, and by so
  // many times what is usual.
  float touched_share = 1.3f;
  float touched_spread = 0.01f;
  float touched_spreads = 3;
  // The most that a letter raises the veil above its group's.
  float letter_veil = 0.06f;
  // What the fill of empty bubbles with different letters differs by.
  float letter_spread = 0.07f;
  // Weight of the fill alone.
  float fill_weight = 0.75f;
};
constexpr Rules kRules;

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

  // The q-quantile of every set's values, less the other one if that is given.
  // Before TakeLowerMedians().
  std::vector<float> Quantiles(double q, double less = -1) {
    std::vector<float> quantiles;
    for (std::vector<float>& values : values_) {
      quantiles.push_back(Quantile(values, q) -
                          (less < 0 ? 0 : Quantile(values, less)));
    }
    return quantiles;
  }

  std::optional<float> Of(int set) const { return levels_[set]; }

 private:
  std::vector<std::vector<float>> values_;
  std::vector<std::optional<float>> levels_;
};

// What empty bubbles of every column hold.
class EmptyPrint {
 public:
  EmptyPrint(const std::vector<Ink>& bubbles,
             const std::vector<bool>& look_empty, int groups, int columns)
      : column_fill_(columns),
        column_veil_(columns),
        group_fill_(groups),
        group_veil_(groups),
        page_fill_(1),
        page_veil_(1),
        column_sizes_(columns, 0),
        empty_counts_(columns, 0) {
    std::vector<int> group_of_column(columns, 0);
    for (size_t i = 0; i < bubbles.size(); ++i) {
      const Ink& ink = bubbles[i];
      if (ink.is_usable) ++column_sizes_[ink.column];
      if (!look_empty[i]) continue;
      ++empty_counts_[ink.column];
      group_of_column[ink.column] = ink.group;
      if (ink.IsShaded()) continue;
      column_fill_.Add(ink.column, ink.fill);
      column_veil_.Add(ink.column, ink.veil);
      group_fill_.Add(ink.group, ink.fill);
      group_veil_.Add(ink.group, ink.veil);
      page_fill_.Add(0, ink.fill);
      page_veil_.Add(0, ink.veil);
    }
    for (EmptyLevels* levels :
         {&group_fill_, &group_veil_, &page_fill_, &page_veil_}) {
      levels->TakeMedians();
    }
    const std::vector<float> spreads = column_fill_.Quantiles(0.75, 0.25);
    const std::vector<float> middles = column_fill_.Quantiles(0.5);
    std::vector<float> sorted = spreads;
    const float widest_print = std::max(
        kRules.touched_spread, kRules.touched_spreads * Quantile(sorted, 0.5));
    column_fill_.TakeLowerMedians([&](int column) {
      const int group = group_of_column[column];
      if (spreads[column] <= widest_print) {
        return kRules.heaviest_share * GroupFill(group) + kRules.heaviest_more;
      }
      std::vector<float> others;
      for (int other = 0; other < columns; ++other) {
        if (other == column || group_of_column[other] != group) continue;
        others.push_back(middles[other]);
      }
      return others.empty() ? GroupFill(group)
                            : kRules.touched_share * Quantile(others, 0.5);
    });
    // Where the scan blurs letters they reach the veil, each a little more or
    // less.
    column_veil_.TakeLowerMedians([&](int column) {
      return GroupVeil(group_of_column[column]) + kRules.letter_veil;
    });
  }

  // A page without empty bubbles is compared with plain paper.
  float PageFill() const { return page_fill_.Of(0).value_or(0); }

  ExcessInk Compare(const Ink& ink) const {
    // A column that is marked nearly everywhere does not show its letter: the
    // few bubbles that look empty may be the faintly marked ones.
    const bool is_known = column_fill_.Of(ink.column).has_value() &&
                          empty_counts_[ink.column] >=
                              kRules.enough_share * column_sizes_[ink.column];
    const float fill = ink.fill - (is_known ? *column_fill_.Of(ink.column)
                                            : GroupFill(ink.group));
    const float veil =
        ink.veil -
        (is_known ? column_veil_.Of(ink.column).value_or(GroupVeil(ink.group))
                  : GroupVeil(ink.group));
    ExcessInk excess;
    // Both measures see a filled bubble; a tick raises only the fill, and a
    // letter out of place disturbs only the fill.
    excess.excess = std::max((fill + veil) / 2, kRules.fill_weight * fill);
    excess.trace = kRules.fill_weight * fill;
    if (is_known) return excess;
    // How much ink this letter has is not known: only what is more than letters
    // differ counts.
    excess.excess = std::max(veil, excess.excess - kRules.letter_spread);
    const bool is_marked_column =
        column_sizes_[ink.column] >= static_cast<int>(kRules.enough);
    if (!is_marked_column) excess.trace = excess.excess;
    return excess;
  }

 private:
  float GroupFill(int group) const {
    return group_fill_.Of(group).value_or(PageFill());
  }
  float GroupVeil(int group) const {
    return group_veil_.Of(group).value_or(page_veil_.Of(0).value_or(0));
  }

  EmptyLevels column_fill_;
  EmptyLevels column_veil_;
  EmptyLevels group_fill_;
  EmptyLevels group_veil_;
  EmptyLevels page_fill_;
  EmptyLevels page_veil_;
  std::vector<int> column_sizes_;
  std::vector<int> empty_counts_;
};

}  // namespace

EmptyInk FindEmptyInk(const std::vector<Ink>& bubbles, int groups,
                      int columns) {
  const std::vector<bool> look_empty = LookEmpty(bubbles);
  const std::vector<bool> is_covered =
      FindCovered(bubbles, look_empty, groups, columns);
  const EmptyPrint print(bubbles, look_empty, groups, columns);
  EmptyInk result;
  result.empty_fill = print.PageFill();
  result.bubbles.resize(bubbles.size());
  for (size_t i = 0; i < bubbles.size(); ++i) {
    if (!bubbles[i].is_usable) continue;
    result.bubbles[i] = print.Compare(bubbles[i]);
    result.bubbles[i].looks_empty = look_empty[i];
    result.bubbles[i].is_covered = is_covered[i];
  }
  return result;
}

}  // namespace sightline::grade
