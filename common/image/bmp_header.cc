#include <algorithm>
#include <cstdlib>
#include <limits>

#include "common/image/headers.h"
#include "common/image/image_error.h"

namespace sightline::image_internal {
namespace {

constexpr uint64_t kFileHeaderBytes = 14;
// The header of OS/2 1.x; every later one begins like the 40-byte one.
constexpr uint32_t kCoreHeaderBytes = 12;
constexpr uint32_t kInfoHeaderBytes = 40;

constexpr uint32_t kUncompressed = 0;
constexpr uint32_t kRle8 = 1;
constexpr uint32_t kRle4 = 2;
constexpr uint32_t kBitFields = 3;

}  // namespace

absl::StatusOr<BmpHeader> ReadBmpHeader(absl::string_view file) {
  const ByteReader in(file, ByteOrder::kLittleEndian);
  if (!in.Has(0, kFileHeaderBytes + kCoreHeaderBytes)) {
    return HeaderTruncated("BMP");
  }
  BmpHeader header;
  header.info.format = FileFormat::kBmp;
  header.info.channels = 3;
  header.pixels_at = in.U32(10);
  const uint32_t header_bytes = in.U32(kFileHeaderBytes);
  const uint64_t base = kFileHeaderBytes;
  uint32_t compression = kUncompressed;
  uint32_t colours = 0;
  int64_t width = 0, height = 0;
  if (header_bytes == kCoreHeaderBytes) {
    width = in.U16(base + 4);
    height = in.U16(base + 6);
    header.bits_per_pixel = static_cast<int>(in.U16(base + 10));
    header.palette_entry_bytes = 3;
  } else if (header_bytes >= kInfoHeaderBytes && header_bytes <= 256) {
    if (!in.Has(base, header_bytes)) return HeaderTruncated("BMP");
    width = static_cast<int32_t>(in.U32(base + 4));
    height = static_cast<int32_t>(in.U32(base + 8));
    header.bits_per_pixel = static_cast<int>(in.U16(base + 14));
    compression = in.U32(base + 16);
    colours = in.U32(base + 32);
  } else {
    return HeaderInvalid(
        absl::StrCat("the BMP header claims a size of ", header_bytes));
  }
  header.is_top_down = height < 0;
  height = std::abs(height);
  if (width <= 0 || height == 0 ||
      height > std::numeric_limits<int32_t>::max()) {
    return HeaderInvalid(absl::StrCat("the BMP header declares ", width, " x ",
                                      height, " pixels"));
  }
  header.info.width = static_cast<int>(width);
  header.info.height = static_cast<int>(height);
  const int bits = header.bits_per_pixel;
  if (compression == kRle8 || compression == kRle4) {
    return FeatureUnsupported("BMP with run-length coding");
  }
  uint64_t mask_bytes = 0;
  if (compression == kBitFields && bits == 32) {
    // With the 40-byte header the masks follow it; later headers hold them.
    if (header_bytes == kInfoHeaderBytes) mask_bytes = 12;
    const uint64_t masks = base + kInfoHeaderBytes;
    if (!in.Has(masks, 12)) return HeaderTruncated("BMP");
    if (in.U32(masks) != 0xFF0000 || in.U32(masks + 4) != 0xFF00 ||
        in.U32(masks + 8) != 0xFF) {
      return FeatureUnsupported("BMP with unusual channel masks");
    }
  } else if (compression != kUncompressed) {
    return FeatureUnsupported(absl::StrCat("BMP with compression ", compression,
                                           " at ", bits, " bits a pixel"));
  }
  if (bits == 16) return FeatureUnsupported("BMP of 16 bits a pixel");
  if (bits != 1 && bits != 4 && bits != 8 && bits != 24 && bits != 32) {
    return HeaderInvalid(
        absl::StrCat("the BMP header declares ", bits, " bits a pixel"));
  }
  header.palette_at = base + header_bytes + mask_bytes;
  if (bits <= 8) {
    const uint32_t most = 1u << bits;
    const uint32_t entries = colours == 0 ? most : std::min(colours, most);
    header.palette_entries = static_cast<int>(entries);
  }
  if (header.pixels_at < kFileHeaderBytes + header_bytes) {
    return HeaderInvalid("the BMP header puts the pixels into itself");
  }
  if (header.palette_at + static_cast<uint64_t>(header.palette_entries) *
                              header.palette_entry_bytes >
      header.pixels_at) {
    // Some writers count more palette entries than they store.
    const uint64_t room = header.pixels_at < header.palette_at
                              ? 0
                              : header.pixels_at - header.palette_at;
    header.palette_entries =
        static_cast<int>(room / header.palette_entry_bytes);
  }
  header.row_bytes = (width * bits + 31) / 32 * 4;
  return header;
}

}  // namespace sightline::image_internal
