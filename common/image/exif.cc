#include <optional>

#include "common/image/headers.h"

namespace sightline::image_internal {
namespace {

// The block as a TIFF, or nothing if it is none.
std::optional<ByteReader> ReaderOf(absl::string_view exif) {
  if (exif.size() < 8 || exif[0] != exif[1] ||
      (exif[0] != 'I' && exif[0] != 'M')) {
    return std::nullopt;
  }
  const ByteReader in(
      exif, exif[0] == 'I' ? ByteOrder::kLittleEndian : ByteOrder::kBigEndian);
  if (in.U16(2) != 42) return std::nullopt;
  return in;
}

}  // namespace

int ExifOrientation(absl::string_view exif) {
  constexpr int kOrientationTag = 0x0112;
  constexpr int kShort = 3;
  const std::optional<ByteReader> in = ReaderOf(exif);
  if (!in.has_value()) return 1;
  const uint64_t directory = in->U32(4);
  const uint64_t entries = in->U16(directory);
  for (uint64_t i = 0; i < entries; ++i) {
    const uint64_t entry = directory + 2 + i * 12;
    if (!in->Has(entry, 12)) return 1;
    if (in->U16(entry) != kOrientationTag) continue;
    const uint32_t value = in->U16(entry + 8);
    const bool is_valid =
        in->U16(entry + 2) == kShort && value >= 1 && value <= 8;
    return is_valid ? static_cast<int>(value) : 1;
  }
  return 1;
}

Resolution ExifResolution(absl::string_view exif) {
  const std::optional<ByteReader> in = ReaderOf(exif);
  return in.has_value() ? DirectoryResolution(*in, in->U32(4)) : Resolution();
}

}  // namespace sightline::image_internal
