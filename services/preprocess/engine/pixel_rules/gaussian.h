// Gaussian blur of 8-bit images in 8.8 fixed point, as OpenCV's bit-exact
// GaussianBlur: weights in 1/256, rows first (16-bit sums), then columns.
//
// Borders are REFLECT_101. An image of one column is not blurred along x, one
// of one row not along y.
#ifndef SIGHTLINE_SERVICES_PREPROCESS_ENGINE_PIXEL_RULES_GAUSSIAN_H_
#define SIGHTLINE_SERVICES_PREPROCESS_ENGINE_PIXEL_RULES_GAUSSIAN_H_

#include <cmath>
#include <cstdint>

#include "services/preprocess/engine/pixel_rules/host_device.h"

namespace sightline::preprocess::rules {

// The sigma that a blur of `taps` has when none is given (<= 0).
inline double GaussianSigma(int taps, double sigma) {
  return sigma > 0 ? sigma : 0.15 * taps + 0.35;
}

// Fills weights[taps] (odd) with a Gaussian that sums to 1, in double. For
// sigma <= 0 and up to 9 taps OpenCV has a table instead of the formula.
inline void GaussianWeights(int taps, double sigma, double* weights) {
  constexpr double kTable[5][5] = {
      {256}, {128, 64}, {96, 64, 16}, {72, 56, 28, 8}, {60, 51, 30, 13, 4}};
  const int radius = taps / 2;
  if (sigma <= 0 && taps <= 9) {
    for (int i = 0; i <= radius; ++i) {
      weights[radius - i] = weights[radius + i] = kTable[radius][i] / 256;
    }
    return;
  }
  const double used = GaussianSigma(taps, sigma);
  const double exponent = -0.5 / (used * used);
  double side = 0;
  for (int i = radius; i >= 1; --i) {
    weights[radius - i] = std::exp(i * i * exponent);
    side += weights[radius - i];
  }
  const double norm = 1 / (2 * side + 1);
  for (int i = 1; i <= radius; ++i) {
    weights[radius - i] *= norm;
    weights[radius + i] = weights[radius - i];
  }
  weights[radius] = norm;
}

// The same in 1/256: each weight takes on the rounding error of the one before
// it, from the rim inwards; the centre takes the rest, so that they sum to 256.
inline void FixedGaussianWeights(int taps, double sigma, uint16_t* fixed) {
  constexpr int kMaxTaps = 1023;
  double weights[kMaxTaps];
  GaussianWeights(taps, sigma, weights);
  const int radius = taps / 2;
  double carry = 0;
  int used = 0;
  for (int i = 0; i < radius; ++i) {
    const double wanted = weights[i] * 256 + carry;
    const int rounded = static_cast<int>(std::lrint(wanted));
    carry = wanted - rounded;
    used += rounded;
    fixed[i] = fixed[taps - 1 - i] = static_cast<uint16_t>(rounded);
  }
  fixed[radius] = static_cast<uint16_t>(256 - 2 * used);
}

// The blurred gray, from the column's sum of weight * row sum (8.16).
SIGHTLINE_HOST_DEVICE inline uint8_t GaussianGray(uint32_t column_sum) {
  return static_cast<uint8_t>((column_sum + 32768) >> 16);
}

}  // namespace sightline::preprocess::rules

#endif  // SIGHTLINE_SERVICES_PREPROCESS_ENGINE_PIXEL_RULES_GAUSSIAN_H_
