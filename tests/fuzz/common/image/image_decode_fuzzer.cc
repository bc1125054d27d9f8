// Decodes anything within small limits. The first byte chooses gray or colour,
// the TIFF page and how far the image is reduced.
#include <cstdint>
#include <cstdlib>

#include "common/image/decode.h"

namespace {

template <typename Image>
void Check(const absl::StatusOr<sightline::Decoded<Image>>& decoded) {
  if (!decoded.ok()) {
    // Reasons for failure must lie in the file.
    if (decoded.status().code() == absl::StatusCode::kInternal) std::abort();
    return;
  }
  const int r = decoded->reduction;
  const sightline::ImageInfo& info = decoded->info;
  if (decoded->pixels.width() != (info.oriented_width() + r - 1) / r ||
      decoded->pixels.height() != (info.oriented_height() + r - 1) / r) {
    std::abort();
  }
  // Every pixel must have been written: MemorySanitizer, where it is used,
  // sees the branch.
  uint32_t sum = 0;
  for (int64_t i = 0; i < decoded->pixels.size_bytes(); ++i) {
    sum += decoded->pixels.data()[i];
  }
  if (sum == 0xFFFFFFFF) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  sightline::DecodeOptions options;
  options.limits.max_side_pixels = 600;
  options.limits.max_pixels = 100'000;
  options.limits.max_file_bytes = 64 << 10;
  options.page = (data[0] >> 1) % 3;
  constexpr int kLongSides[] = {0, 1, 20, 40};
  options.min_long_side = kLongSides[(data[0] >> 4) % 4];
  const absl::string_view file(reinterpret_cast<const char*>(data + 1),
                               size - 1);
  if ((data[0] & 1) == 0) {
    Check(sightline::DecodeGray(file, options));
  } else {
    Check(sightline::DecodeRgb(file, options));
  }
  return 0;
}
