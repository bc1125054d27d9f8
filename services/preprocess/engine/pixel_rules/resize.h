// Scaling in integers. Pixel i of n becomes scaled by centre: source position
// (i + 0.5) * source / target - 0.5.
//
// Linear: as OpenCV's INTER_LINEAR for 8-bit images, weights in 1/2048. Area
// by whole factors: as OpenCV's INTER_AREA. Cubic (Keys, a = -0.75) and area by
// other factors: our own specifications; OpenCV's depend on the machine.
#ifndef SIGHTLINE_SERVICES_PREPROCESS_ENGINE_PIXEL_RULES_RESIZE_H_
#define SIGHTLINE_SERVICES_PREPROCESS_ENGINE_PIXEL_RULES_RESIZE_H_

#include <cmath>
#include <cstdint>

#include "services/preprocess/engine/pixel_rules/host_device.h"

namespace sightline::preprocess::rules {

inline constexpr int kResizeOne = 2048;

// Where a pixel of the result lies between two of the source.
struct ResizePlace {
  // The left or upper one; may lie outside for cubic.
  int first = 0;
  // 0 <= fraction < 1.
  float fraction = 0;
};

inline ResizePlace ResizePlaceOf(int index, double scale) {
  const float at = static_cast<float>((index + 0.5) * scale - 0.5);
  ResizePlace place;
  place.first = static_cast<int>(std::floor(at));
  place.fraction = at - static_cast<float>(place.first);
  return place;
}

// Each weight is rounded by itself, as OpenCV does; so they may sum to 2047 or
// 2049.
inline void LinearWeights(float fraction, int* weights) {
  weights[0] = static_cast<int>(std::lrint((1.0f - fraction) * kResizeOne));
  weights[1] = static_cast<int>(std::lrint(fraction * kResizeOne));
}

// Four weights that sum to 2048.
inline void CubicWeights(float fraction, int* weights) {
  constexpr double kA = -0.75;
  const double t = fraction;
  const double outer =
      ((kA * (t + 1) - 5 * kA) * (t + 1) + 8 * kA) * (t + 1) - 4 * kA;
  const double inner = ((kA + 2) * t - (kA + 3)) * t * t + 1;
  const double u = 1 - t;
  const double next = ((kA + 2) * u - (kA + 3)) * u * u + 1;
  weights[0] = static_cast<int>(std::lrint(outer * kResizeOne));
  weights[1] = static_cast<int>(std::lrint(inner * kResizeOne));
  weights[2] = static_cast<int>(std::lrint(next * kResizeOne));
  weights[3] = kResizeOne - weights[0] - weights[1] - weights[2];
}

// Blends two row sums (gray * 2048), each shifted right by 4: 0..32655.
SIGHTLINE_HOST_DEVICE inline uint8_t LinearBlend(int upper, int lower,
                                                 int upper_weight,
                                                 int lower_weight) {
  return static_cast<uint8_t>(
      (((upper_weight * upper) >> 16) + ((lower_weight * lower) >> 16) + 2) >>
      2);
}

// From a column's sum of weight * row sum (2^22).
SIGHTLINE_HOST_DEVICE inline uint8_t CubicGray(int sum) {
  return SaturateToByte((sum + (1 << 21)) >> 22);
}

// The mean of a block of whole pixels.
SIGHTLINE_HOST_DEVICE inline uint8_t BlockMean(int sum, int width, int height) {
  if (width == 2 && height == 2) return static_cast<uint8_t>((sum + 2) >> 2);
  return SaturateToByte(RoundToEven(MultiplyRounded(
      static_cast<float>(sum), 1.0f / static_cast<float>(width * height))));
}

// From a column's sum of weight (1/65536) * row mean (8.8).
SIGHTLINE_HOST_DEVICE inline uint8_t AreaGray(uint32_t sum) {
  return static_cast<uint8_t>((sum + (1u << 23)) >> 24);
}

}  // namespace sightline::preprocess::rules

#endif  // SIGHTLINE_SERVICES_PREPROCESS_ENGINE_PIXEL_RULES_RESIZE_H_
