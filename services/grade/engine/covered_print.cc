#include "services/grade/engine/covered_print.h"

#include <algorithm>
#include <cstddef>

#include "services/grade/engine/quantile.h"

namespace sightline::grade {
namespace {

// Chosen on the real sheets at hand and 500 generated ones; see bench/omr.
struct Rules {
  // Contrast of a letter that is surely printed, and bubbles that must show it.
  float printed = 0.25f;
  size_t enough = 3;
  // What share of it an empty bubble may lose: this, or so many times what is
  // usual in its group.
  float least_loss = 0.45f;
  float usual_losses = 3;
};
constexpr Rules kRules;

// How much darker a bubble's strokes are than the paper beside them.
float Contrast(const Ink& ink) { return ink.stroke - ink.veil; }

}  // namespace

std::vector<bool> FindCovered(const std::vector<Ink>& bubbles,
                              const std::vector<bool>& look_empty, int groups,
                              int columns) {
  std::vector<std::vector<float>> contrasts(columns);
  for (size_t i = 0; i < bubbles.size(); ++i) {
    if (!look_empty[i]) continue;
    contrasts[bubbles[i].column].push_back(Contrast(bubbles[i]));
  }
  // The upper quartile: up to two thirds of a column may be covered.
  std::vector<float> letters(columns, 0);
  for (int column = 0; column < columns; ++column) {
    if (contrasts[column].size() < kRules.enough) continue;
    letters[column] = Quantile(contrasts[column], 0.75);
  }
  const auto loss = [&](const Ink& ink) {
    return 1 - Contrast(ink) / letters[ink.column];
  };
  std::vector<std::vector<float>> losses(groups);
  for (size_t i = 0; i < bubbles.size(); ++i) {
    const Ink& ink = bubbles[i];
    if (!look_empty[i] || letters[ink.column] < kRules.printed) continue;
    losses[ink.group].push_back(std::max(0.0f, loss(ink)));
  }
  std::vector<float> limits;
  for (std::vector<float>& of_group : losses) {
    limits.push_back(std::max(kRules.least_loss,
                              kRules.usual_losses * Quantile(of_group, 0.5)));
  }
  std::vector<bool> is_covered(bubbles.size(), false);
  for (size_t i = 0; i < bubbles.size(); ++i) {
    const Ink& ink = bubbles[i];
    is_covered[i] = ink.is_usable && letters[ink.column] >= kRules.printed &&
                    loss(ink) > limits[ink.group];
  }
  return is_covered;
}

}  // namespace sightline::grade
