#include "common/image/bilevel.h"

#include <bit>
#include <cstring>

#include "absl/strings/str_cat.h"
#include "common/image/image_error.h"

namespace sightline::image_internal {
namespace {

// The first pixel in the lowest byte.
inline uint64_t LoadEight(const uint8_t* pixels) {
  uint64_t eight;
  std::memcpy(&eight, pixels, sizeof(eight));
  if constexpr (std::endian::native == std::endian::big) {
    eight = __builtin_bswap64(eight);
  }
  return eight;
}

// Bit i of byte i to bit 7 - i of the result. The factor moves the lowest bit
// of byte i to bit 63 - i; no two bits of the product fall on each other, so
// that nothing is carried.
inline uint8_t PackEight(uint64_t eight) {
  constexpr uint64_t kLowest = 0x0101010101010101;
  constexpr uint64_t kFactor = 0x8040201008040201;
  return static_cast<uint8_t>(((eight & kLowest) * kFactor) >> 56);
}

// Not zero, under kMask, if the bits of a byte differ: 0 and 255 are the bytes
// of which all bits are alike.
inline uint64_t Unlike(uint64_t eight) { return eight ^ (eight >> 1); }
constexpr uint64_t kMask = 0x7F7F7F7F7F7F7F7F;

}  // namespace

bool PackBilevelRow(const uint8_t* pixels, int width, uint8_t* out) {
  uint64_t unlike = 0;
  const int whole = width / 8;
  for (int i = 0; i < whole; ++i) {
    const uint64_t eight = LoadEight(pixels + 8 * i);
    unlike |= Unlike(eight);
    out[i] = PackEight(eight);
  }
  if (const int rest = width % 8; rest > 0) {
    uint8_t last[8] = {};
    std::memcpy(last, pixels + 8 * whole, static_cast<size_t>(rest));
    const uint64_t eight = LoadEight(last);
    unlike |= Unlike(eight);
    out[whole] = PackEight(eight);
  }
  return (unlike & kMask) == 0;
}

absl::Status NotBilevel(const PixelView& image) {
  int64_t count = 0;
  int first_x = 0, first_y = 0;
  for (int y = 0; y < image.height; ++y) {
    for (int x = 0; x < image.width; ++x) {
      const uint8_t value = image.row(y)[x];
      if (value == 0 || value == 255) continue;
      if (count++ == 0) {
        first_x = x;
        first_y = y;
      }
    }
  }
  const int value = image.row(first_y)[first_x];
  return Error(absl::StatusCode::kInvalidArgument, kImageNotBilevel)
      .Message(absl::StrCat(
          count, count == 1 ? " pixel is" : " pixels are",
          " neither black (0) nor white (255), the first at column ", first_x,
          ", row ", first_y, " with value ", value,
          "; a black-and-white format holds no other: apply a threshold "
          "first, or ask for a format with grays"))
      .With("pixels", absl::StrCat(count))
      .With("x", absl::StrCat(first_x))
      .With("y", absl::StrCat(first_y))
      .With("value", absl::StrCat(value));
}

}  // namespace sightline::image_internal
