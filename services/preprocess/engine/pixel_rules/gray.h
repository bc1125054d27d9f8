// Colour to gray: Rec. 601 luma in 15-bit fixed point, as OpenCV's BGR2GRAY
// for 8-bit images.
#ifndef SIGHTLINE_SERVICES_PREPROCESS_ENGINE_PIXEL_RULES_GRAY_H_
#define SIGHTLINE_SERVICES_PREPROCESS_ENGINE_PIXEL_RULES_GRAY_H_

#include <cstdint>

#include "services/preprocess/engine/pixel_rules/host_device.h"

namespace sightline::preprocess::rules {

// The weights sum to 2^15.
inline constexpr int kRedWeight = 9798;
inline constexpr int kGreenWeight = 19235;
inline constexpr int kBlueWeight = 3735;

SIGHTLINE_HOST_DEVICE inline uint8_t Gray(int red, int green, int blue) {
  return static_cast<uint8_t>((blue * kBlueWeight + green * kGreenWeight +
                               red * kRedWeight + (1 << 14)) >>
                              15);
}

}  // namespace sightline::preprocess::rules

#endif  // SIGHTLINE_SERVICES_PREPROCESS_ENGINE_PIXEL_RULES_GRAY_H_
