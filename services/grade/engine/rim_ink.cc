#include "services/grade/engine/rim_ink.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "services/grade/engine/quantile.h"

namespace sightline::grade {
namespace {

// Remarkable: beyond the group's median by this much and by so many standard
// deviations. Chosen on 1000 generated sheets; see bench/omr.
constexpr float kLeast = 0.06f;
constexpr float kScatters = 5;
// Empty bubbles that tell what is print.
constexpr size_t kEnough = 8;

}  // namespace

std::vector<float> RimTraces(const std::vector<Ink>& bubbles,
                             const std::vector<bool>& is_empty, int groups) {
  std::vector<std::vector<float>> fills(groups);
  for (size_t i = 0; i < bubbles.size(); ++i) {
    if (is_empty[i]) fills[bubbles[i].group].push_back(bubbles[i].rim);
  }
  std::vector<float> typical(groups, 1);
  std::vector<float> remarkable(groups, kLeast);
  for (int group = 0; group < groups; ++group) {
    std::vector<float>& values = fills[group];
    // Without print to compare with nothing is remarkable.
    if (values.size() < kEnough) continue;
    typical[group] = Quantile(values, 0.5);
    for (float& value : values) value = std::abs(value - typical[group]);
    remarkable[group] =
        std::max(kLeast, kScatters * 1.4826f * Quantile(values, 0.5));
  }
  std::vector<float> traces;
  traces.reserve(bubbles.size());
  for (const Ink& ink : bubbles) {
    traces.push_back(
        std::max(0.0f, ink.rim - ink.rim_shadow - typical[ink.group]) /
        remarkable[ink.group]);
  }
  return traces;
}

}  // namespace sightline::grade
