// Sharpening in integers: our own specification (OpenCV's addWeighted rounds
// differently from machine to machine). Amounts are in 1/256.
#ifndef SIGHTLINE_SERVICES_PREPROCESS_ENGINE_PIXEL_RULES_SHARPEN_H_
#define SIGHTLINE_SERVICES_PREPROCESS_ENGINE_PIXEL_RULES_SHARPEN_H_

#include "services/preprocess/engine/pixel_rules/host_device.h"

namespace sightline::preprocess::rules {

// Unsharp mask: moves a pixel away from its blurred self, where the two differ
// by at least `threshold`.
SIGHTLINE_HOST_DEVICE inline uint8_t Unsharp(int pixel, int blurred, int amount,
                                             int threshold) {
  const int detail = pixel - blurred;
  if ((detail < 0 ? -detail : detail) < threshold) {
    return static_cast<uint8_t>(pixel);
  }
  return SaturateToByte(pixel + ((amount * detail + 128) >> 8));
}

// Laplacian: `neighbours` is the sum of `count` (4 or 8) neighbours.
SIGHTLINE_HOST_DEVICE inline uint8_t LaplacianSharpened(int pixel,
                                                        int neighbours,
                                                        int count, int amount) {
  const int detail = count * pixel - neighbours;
  return SaturateToByte(pixel + ((amount * detail + 128) >> 8));
}

}  // namespace sightline::preprocess::rules

#endif  // SIGHTLINE_SERVICES_PREPROCESS_ENGINE_PIXEL_RULES_SHARPEN_H_
