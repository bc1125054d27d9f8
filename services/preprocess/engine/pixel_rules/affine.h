// Affine warps with bilinear interpolation, as OpenCV's warpAffine with
// INTER_LINEAR and BORDER_REPLICATE: coordinates in 1/1024, fractions in 1/32,
// weights in 2^-15.
#ifndef SIGHTLINE_SERVICES_PREPROCESS_ENGINE_PIXEL_RULES_AFFINE_H_
#define SIGHTLINE_SERVICES_PREPROCESS_ENGINE_PIXEL_RULES_AFFINE_H_

#include <cmath>
#include <cstdint>

#include "services/preprocess/engine/pixel_rules/host_device.h"

namespace sightline::preprocess::rules {

// A coordinate in 1/1024 of a pixel, saturated as OpenCV saturates.
inline int AffineFixed(double value) {
  const double scaled = value * 1024;
  if (!(scaled > -2147483648.0)) return INT32_MIN;
  if (scaled >= 2147483647.0) return INT32_MAX;
  return static_cast<int>(std::lrint(scaled));
}

// From the sum of a row's and a column's coordinate to 1/32: `row` includes the
// rounding of 16.
SIGHTLINE_HOST_DEVICE inline int AffinePlace(int row, int column) {
  return static_cast<int>(static_cast<uint32_t>(row) +
                          static_cast<uint32_t>(column)) >>
         5;
}
inline constexpr int kAffineRounding = 16;

// Blends four neighbours; fractions 0..31 towards the right and down.
SIGHTLINE_HOST_DEVICE inline uint8_t AffineBlend(int above_left,
                                                 int above_right,
                                                 int below_left,
                                                 int below_right, int right,
                                                 int down) {
  const int above = (32 - right) * above_left + right * above_right;
  const int below = (32 - right) * below_left + right * below_right;
  return static_cast<uint8_t>(
      (((32 - down) * above + down * below) * 32 + (1 << 14)) >> 15);
}

}  // namespace sightline::preprocess::rules

#endif  // SIGHTLINE_SERVICES_PREPROCESS_ENGINE_PIXEL_RULES_AFFINE_H_
