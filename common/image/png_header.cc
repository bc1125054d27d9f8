#include <limits>

#include "common/image/headers.h"
#include "common/image/image_error.h"

namespace sightline::image_internal {
namespace {

constexpr uint64_t kSignatureBytes = 8;
// Length, type and check sum of a chunk.
constexpr uint64_t kChunkFrameBytes = 12;

// Of a pHYs chunk: dots per unit across and down, 1 for metres or 0 where only
// their ratio is known.
Resolution PhysicalSize(absl::string_view chunk) {
  constexpr uint32_t kMetre = 1;
  const ByteReader in(chunk, ByteOrder::kBigEndian);
  if (in.U8(8) != kMetre) return {};
  return KnownResolution(in.U32(0), in.U32(4), kMetresPerInch);
}

}  // namespace

absl::StatusOr<ImageInfo> ReadPngHeader(absl::string_view file) {
  const ByteReader in(file, ByteOrder::kBigEndian);
  if (!in.Has(kSignatureBytes, kChunkFrameBytes + 13)) {
    return HeaderTruncated("PNG");
  }
  if (in.View(12, 4) != "IHDR" || in.U32(8) != 13) {
    return HeaderInvalid("the PNG file does not begin with its header chunk");
  }
  ImageInfo info;
  info.format = FileFormat::kPng;
  const uint32_t width = in.U32(16), height = in.U32(20);
  constexpr uint32_t kMaxSide = std::numeric_limits<int32_t>::max();
  if (width == 0 || height == 0 || width > kMaxSide || height > kMaxSide) {
    return HeaderInvalid(absl::StrCat("the PNG header declares ", width, " x ",
                                      height, " pixels"));
  }
  info.width = static_cast<int>(width);
  info.height = static_cast<int>(height);
  switch (in.U8(25)) {
    case 0:
      info.channels = 1;
      break;
    case 2:
      info.channels = 3;
      break;
    case 3:
      info.channels = 3;
      break;
    case 4:
      info.channels = 2;
      break;
    case 6:
      info.channels = 4;
      break;
    default:
      return HeaderInvalid(
          absl::StrCat("the PNG header has colour type ", in.U8(25)));
  }
  const uint32_t interlace = in.U8(28);
  if (interlace > 1) {
    return HeaderInvalid(
        absl::StrCat("the PNG header has interlace method ", interlace));
  }
  info.needs_whole_image = interlace == 1;
  bool has_exif = false, has_size = false, has_transparency = false;
  // Every step goes on by 12 bytes at least.
  for (uint64_t at = kSignatureBytes; in.Has(at, kChunkFrameBytes);
       at += kChunkFrameBytes + in.U32(at)) {
    const absl::string_view type = in.View(at + 4, 4);
    if (type == "IEND") break;
    if (type == "tRNS") has_transparency = true;
    if (type == "eXIf" && !has_exif) {
      has_exif = true;
      info.orientation = ExifOrientation(in.View(at + 8, in.U32(at)));
    } else if (type == "pHYs" && !has_size) {
      has_size = true;
      const Resolution size = PhysicalSize(in.View(at + 8, in.U32(at)));
      info.dots_per_inch_x = size.x;
      info.dots_per_inch_y = size.y;
    }
  }
  info.has_plain_gray_samples = in.U8(24) == 8 && in.U8(25) == 0 &&
                                !has_transparency && info.orientation == 1;
  return info;
}

}  // namespace sightline::image_internal
