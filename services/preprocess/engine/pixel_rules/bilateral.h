// Bilateral filter in integers: our own specification. Every pixel of a disc
// counts by nearness and by likeness, both Gaussians in 1/4096; borders are
// REFLECT_101.
#ifndef SIGHTLINE_SERVICES_PREPROCESS_ENGINE_PIXEL_RULES_BILATERAL_H_
#define SIGHTLINE_SERVICES_PREPROCESS_ENGINE_PIXEL_RULES_BILATERAL_H_

#include <cmath>
#include <cstdint>

#include "services/preprocess/engine/pixel_rules/host_device.h"

namespace sightline::preprocess::rules {

inline constexpr int kBilateralOne = 4096;

// A Gaussian of `squared` distance in 1/4096.
inline int BilateralTableEntry(double squared, double sigma) {
  return static_cast<int>(
      std::lrint(kBilateralOne * std::exp(-0.5 * squared / (sigma * sigma))));
}

SIGHTLINE_HOST_DEVICE inline int BilateralWeight(int nearness, int likeness) {
  return (nearness * likeness + kBilateralOne / 2) >> 12;
}

// Sums fit 32 bits for discs of up to 4,000 pixels.
SIGHTLINE_HOST_DEVICE inline uint8_t BilateralGray(uint32_t weighted,
                                                   uint32_t sum) {
  return static_cast<uint8_t>((weighted + sum / 2) / sum);
}

}  // namespace sightline::preprocess::rules

#endif  // SIGHTLINE_SERVICES_PREPROCESS_ENGINE_PIXEL_RULES_BILATERAL_H_
