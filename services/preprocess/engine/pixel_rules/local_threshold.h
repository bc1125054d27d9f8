// Thresholds by local mean and deviation: Sauvola and Pietikainen (2000), and
// Wolf and Jolion (2004). Our own specification in float32, every operation
// rounded by itself; the sums before it are exact integers, so the variance
// does not suffer from cancellation.
//
// Over n = k x k pixels (replicated border) with sum S and sum of squares Q:
//   mean = S / n,  deviation = sqrt(n Q - S^2) / n
//   Sauvola:  T = mean (1 + k (deviation / range - 1))
//   Wolf:     T = mean + k (deviation / largest deviation - 1) (mean - darkest)
// A pixel is white if it is above T.
#ifndef SIGHTLINE_SERVICES_PREPROCESS_ENGINE_PIXEL_RULES_LOCAL_THRESHOLD_H_
#define SIGHTLINE_SERVICES_PREPROCESS_ENGINE_PIXEL_RULES_LOCAL_THRESHOLD_H_

#include <cstdint>

#include "services/preprocess/engine/pixel_rules/host_device.h"

namespace sightline::preprocess::rules {

// n^2 times the variance: a whole number below 2^49 for k <= 255, so exact in
// double as well as in 64-bit integers.
SIGHTLINE_HOST_DEVICE inline double ScaledVariance(uint32_t sum,
                                                   uint32_t squares, int area) {
  return static_cast<double>(area) * static_cast<double>(squares) -
         static_cast<double>(sum) * static_cast<double>(sum);
}

// `inverse_area`: 1.0f / area.
SIGHTLINE_HOST_DEVICE inline float LocalDeviation(double scaled_variance,
                                                  float inverse_area) {
  return MultiplyRounded(SquareRootRounded(static_cast<float>(scaled_variance)),
                         inverse_area);
}

// `inverse_range`: 1.0f / range.
SIGHTLINE_HOST_DEVICE inline float SauvolaThreshold(float mean, float deviation,
                                                    float k,
                                                    float inverse_range) {
  const float contrast =
      AddRounded(MultiplyRounded(deviation, inverse_range), -1.0f);
  return MultiplyRounded(mean, AddRounded(1.0f, MultiplyRounded(k, contrast)));
}

// `inverse_range`: 1.0f / the page's largest deviation.
SIGHTLINE_HOST_DEVICE inline float WolfThreshold(float mean, float deviation,
                                                 float k, float inverse_range,
                                                 float darkest) {
  const float contrast =
      AddRounded(MultiplyRounded(deviation, inverse_range), -1.0f);
  return AddRounded(mean, MultiplyRounded(MultiplyRounded(k, contrast),
                                          AddRounded(mean, -darkest)));
}

}  // namespace sightline::preprocess::rules

#endif  // SIGHTLINE_SERVICES_PREPROCESS_ENGINE_PIXEL_RULES_LOCAL_THRESHOLD_H_
