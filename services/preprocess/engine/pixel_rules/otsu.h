// Otsu's threshold, as OpenCV finds it: in double, with running class means.
#ifndef SIGHTLINE_SERVICES_PREPROCESS_ENGINE_PIXEL_RULES_OTSU_H_
#define SIGHTLINE_SERVICES_PREPROCESS_ENGINE_PIXEL_RULES_OTSU_H_

#include <cfloat>
#include <cstdint>

#include "services/preprocess/engine/pixel_rules/host_device.h"

namespace sightline::preprocess::rules {

// The gray above which a pixel is white. `counts`: histogram of `total` pixels.
SIGHTLINE_HOST_DEVICE inline int OtsuThreshold(const int64_t* counts,
                                               int64_t total) {
  const double unit = 1.0 / static_cast<double>(total);
  double mean = 0;
  for (int value = 0; value < 256; ++value) {
    mean += value * static_cast<double>(counts[value]);
  }
  mean *= unit;
  double low_mean = 0;
  double low_share = 0;
  double best_spread = 0;
  int best = 0;
  for (int value = 0; value < 256; ++value) {
    const double share = static_cast<double>(counts[value]) * unit;
    low_mean *= low_share;
    low_share += share;
    const double high_share = 1.0 - low_share;
    const double lesser = low_share < high_share ? low_share : high_share;
    const double greater = low_share < high_share ? high_share : low_share;
    // The mean stays multiplied: part of the rule.
    if (lesser < FLT_EPSILON || greater > 1.0 - FLT_EPSILON) continue;
    low_mean = (low_mean + value * share) / low_share;
    const double high_mean = (mean - low_share * low_mean) / high_share;
    const double spread = low_share * high_share * (low_mean - high_mean) *
                          (low_mean - high_mean);
    if (spread > best_spread) {
      best_spread = spread;
      best = value;
    }
  }
  return best;
}

}  // namespace sightline::preprocess::rules

#endif  // SIGHTLINE_SERVICES_PREPROCESS_ENGINE_PIXEL_RULES_OTSU_H_
