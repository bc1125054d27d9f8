// Denoising by non-local means, as OpenCV's fastNlMeansDenoising: every pixel
// of a search window counts by how much its surroundings resemble those of the
// pixel to be denoised. All integer but the table of weights; borders are
// REFLECT_101.
#ifndef SIGHTLINE_SERVICES_PREPROCESS_ENGINE_PIXEL_RULES_LOCAL_MEANS_H_
#define SIGHTLINE_SERVICES_PREPROCESS_ENGINE_PIXEL_RULES_LOCAL_MEANS_H_

#include <climits>
#include <cmath>
#include <cstdint>
#include <vector>

#include "services/preprocess/engine/pixel_rules/host_device.h"

namespace sightline::preprocess::rules {

struct LocalMeansWeights {
  // Squared differences, summed over the template, are shifted right by this to
  // index the table.
  int shift = 0;
  // The last entry is 0 and stands for every larger distance.
  std::vector<int> table;
};

// `template_size` and `search_size` odd; strength > 0.
inline LocalMeansWeights MakeLocalMeansWeights(int template_size,
                                               int search_size,
                                               float strength) {
  LocalMeansWeights weights;
  const int template_area = template_size * template_size;
  while ((1 << weights.shift) < template_area) ++weights.shift;
  const double step = static_cast<double>(1 << weights.shift) / template_area;
  const int full = INT_MAX / (search_size * search_size * 255);
  const int size = static_cast<int>(255.0 * 255.0 / step + 1);
  const float squared = strength * strength;
  for (int i = 0; i < size; ++i) {
    const double weight = std::exp(-(i * step) / squared);
    const int fixed = static_cast<int>(std::lrint(full * weight));
    // Weights fall, so the first that is cut off ends the table.
    if (fixed < 0.001 * full) break;
    weights.table.push_back(fixed);
  }
  weights.table.push_back(0);
  return weights;
}

// The denoised gray: `weighted` is the sum of weight * gray, `sum` of weights.
SIGHTLINE_HOST_DEVICE inline uint8_t LocalMean(uint32_t weighted,
                                               uint32_t sum) {
  const uint32_t mean = (weighted + sum / 2) / sum;
  return static_cast<uint8_t>(mean > 255 ? 255 : mean);
}

}  // namespace sightline::preprocess::rules

#endif  // SIGHTLINE_SERVICES_PREPROCESS_ENGINE_PIXEL_RULES_LOCAL_MEANS_H_
