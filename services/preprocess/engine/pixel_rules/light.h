// Rules that even out light: our own specifications.
#ifndef SIGHTLINE_SERVICES_PREPROCESS_ENGINE_PIXEL_RULES_LIGHT_H_
#define SIGHTLINE_SERVICES_PREPROCESS_ENGINE_PIXEL_RULES_LIGHT_H_

#include "services/preprocess/engine/pixel_rules/host_device.h"

namespace sightline::preprocess::rules {

// A pixel as a share of the paper's brightness around it, 255 = paper; rounded
// to nearest, halves up.
SIGHTLINE_HOST_DEVICE inline uint8_t Flattened(int pixel, int background) {
  const int divisor = Larger(background, 1);
  return static_cast<uint8_t>(
      Smaller((510 * pixel + divisor) / (2 * divisor), 255));
}

// Stretches low..high to 0..255, rounded to nearest; low < high.
SIGHTLINE_HOST_DEVICE inline uint8_t Stretched(int pixel, int low, int high) {
  const int above = pixel - low;
  if (above <= 0) return 0;
  const int span = high - low;
  return static_cast<uint8_t>(Smaller((510 * above + span) / (2 * span), 255));
}

// The smallest gray that at least `share` (0..1) of all pixels do not exceed.
// `counts`: histogram of `total` pixels.
SIGHTLINE_HOST_DEVICE inline int PercentileGray(const int64_t* counts,
                                                int64_t total, double share) {
  const double wanted = share * static_cast<double>(total);
  int64_t cumulated = 0;
  for (int value = 0; value < 255; ++value) {
    cumulated += counts[value];
    if (cumulated > 0 && static_cast<double>(cumulated) >= wanted) return value;
  }
  return 255;
}

}  // namespace sightline::preprocess::rules

#endif  // SIGHTLINE_SERVICES_PREPROCESS_ENGINE_PIXEL_RULES_LIGHT_H_
