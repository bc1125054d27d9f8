// Black-and-white pages, eight pixels a byte. Internal to common/image.
#ifndef SIGHTLINE_COMMON_IMAGE_BILEVEL_H_
#define SIGHTLINE_COMMON_IMAGE_BILEVEL_H_

#include <cstdint>

#include "absl/status/status.h"
#include "common/image/encoders.h"

namespace sightline::image_internal {

// Bytes of a packed row.
inline int64_t PackedRowBytes(int64_t width) { return (width + 7) / 8; }

// Packs a row: the leftmost pixel into the highest bit, 1 for white, the bits
// behind the last pixel 0. False if a pixel is neither 0 nor 255; `out` is
// then of no use.
bool PackBilevelRow(const uint8_t* pixels, int width, uint8_t* out);

// IMAGE_NOT_BILEVEL for a gray image that is known to have other pixels: how
// many, and where the first one is.
absl::Status NotBilevel(const PixelView& image);

}  // namespace sightline::image_internal

#endif  // SIGHTLINE_COMMON_IMAGE_BILEVEL_H_
