// Threshold by the mean of a k x k neighbourhood, as OpenCV's adaptiveThreshold
// with ADAPTIVE_THRESH_MEAN_C, without a division.
//
// OpenCV compares a pixel with the mean rounded to 8 bits (replicated border):
// mean = (2 S + d) / (2 d) with d = k^2, S the sum. "pixel - mean > -delta" is
// the same as S <= d (pixel + delta - 1) + (d - 1) / 2. Equal to OpenCV up to
// k = 163; from 165 on OpenCV's float rounding differs from the exact one.
#ifndef SIGHTLINE_SERVICES_PREPROCESS_ENGINE_PIXEL_RULES_ADAPTIVE_MEAN_H_
#define SIGHTLINE_SERVICES_PREPROCESS_ENGINE_PIXEL_RULES_ADAPTIVE_MEAN_H_

#include <cmath>
#include <cstdint>

#include "services/preprocess/engine/pixel_rules/host_device.h"

namespace sightline::preprocess::rules {

// The delta of an offset: rounded up for normal output, down for inverted.
// Offsets beyond +-256 act like these.
inline int MeanDelta(double offset, bool is_inverted) {
  const double bounded = std::fmin(std::fmax(offset, -256.0), 256.0);
  return static_cast<int>(is_inverted ? std::floor(bounded)
                                      : std::ceil(bounded));
}

// Whether the pixel stays white. `sum` over k x k, `area` = k^2; inverted
// output is the opposite, with the delta for inverted output.
SIGHTLINE_HOST_DEVICE inline bool IsAboveMean(int pixel, int sum, int area,
                                              int delta) {
  return sum <= area * (pixel + delta - 1) + (area - 1) / 2;
}

}  // namespace sightline::preprocess::rules

#endif  // SIGHTLINE_SERVICES_PREPROCESS_ENGINE_PIXEL_RULES_ADAPTIVE_MEAN_H_
