// What is measured of a page, per pixel, in integers: sums over a page come out
// the same in any order.
#ifndef SIGHTLINE_SERVICES_PREPROCESS_ENGINE_PIXEL_RULES_MEASURE_H_
#define SIGHTLINE_SERVICES_PREPROCESS_ENGINE_PIXEL_RULES_MEASURE_H_

#include "services/preprocess/engine/pixel_rules/host_device.h"

namespace sightline::preprocess::rules {

// Immerkaer (1996), "Fast noise variance estimation": |response| to a mask that
// straight edges leave cold. sigma = sqrt(pi / 2) * sum / (6 (w - 2) (h - 2)).
SIGHTLINE_HOST_DEVICE inline int NoiseResponse(const uint8_t* above,
                                               const uint8_t* row,
                                               const uint8_t* below, int x) {
  const int response = above[x - 1] - 2 * above[x] + above[x + 1] -
                       2 * row[x - 1] + 4 * row[x] - 2 * row[x + 1] +
                       below[x - 1] - 2 * below[x] + below[x + 1];
  return response < 0 ? -response : response;
}

// How much a pixel differs from the mean of `area` pixels around it, in eighths
// of a gray, rounded to nearest (halves up). Its cube, summed over 2^30 pixels,
// fits 64 bits.
SIGHTLINE_HOST_DEVICE inline int LocalContrast(int pixel, int sum, int area) {
  const int scaled = 16 * (pixel * area - sum) + area;
  const int divisor = 2 * area;
  // Towards minus infinity.
  return scaled >= 0 ? scaled / divisor : -((-scaled + divisor - 1) / divisor);
}

}  // namespace sightline::preprocess::rules

#endif  // SIGHTLINE_SERVICES_PREPROCESS_ENGINE_PIXEL_RULES_MEASURE_H_
