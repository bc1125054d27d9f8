// The one way from colour to gray.
#ifndef SIGHTLINE_COMMON_IMAGE_LUMA_H_
#define SIGHTLINE_COMMON_IMAGE_LUMA_H_

#include <cstdint>

namespace sightline {

// Rec. 601 luma in 16-bit fixed point, as libjpeg and OpenCV have it. All
// 0..255.
inline uint8_t Luma(uint32_t red, uint32_t green, uint32_t blue) {
  return static_cast<uint8_t>(
      (19595 * red + 38470 * green + 7471 * blue + 32768) >> 16);
}

}  // namespace sightline

#endif  // SIGHTLINE_COMMON_IMAGE_LUMA_H_
