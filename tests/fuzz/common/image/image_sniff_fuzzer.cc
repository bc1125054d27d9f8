// Reads headers of anything. The first byte chooses a TIFF page.
#include <cstdint>
#include <cstdlib>

#include "common/image/decode.h"
#include "common/image/sniff.h"

namespace {

// False for NaN, too.
bool IsResolution(double value) {
  return value == 0 || (value >= 1 && value <= 100'000);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  const int page = data[0] % 4;
  const absl::string_view file(reinterpret_cast<const char*>(data + 1),
                               size - 1);
  const auto info = sightline::SniffImage(file, page);
  if (!info.ok()) return 0;
  // What decode.h and sniff.h promise of every header that is accepted.
  const bool holds =
      info->width > 0 && info->height > 0 && info->orientation >= 1 &&
      info->orientation <= 8 && info->channels >= 1 && info->pages > page &&
      info->held_bytes >= 0 && IsResolution(info->dots_per_inch_x) &&
      IsResolution(info->dots_per_inch_y);
  if (!holds) std::abort();
  sightline::DecodeOptions options;
  const sightline::ImageLimits limits;
  if (!sightline::CheckLimits(*info, static_cast<int64_t>(size), limits).ok()) {
    return 0;
  }
  for (const int min_long_side : {0, 100, 1000}) {
    options.min_long_side = min_long_side;
    if (sightline::DecodeGrayBytes(*info, options) <= 0) std::abort();
  }
  return 0;
}
