#include <algorithm>

#include "common/image/headers.h"
#include "common/image/image_error.h"

namespace sightline::image_internal {
namespace {

constexpr uint32_t kStartOfScan = 0xDA;
constexpr uint32_t kEndOfImage = 0xD9;
constexpr uint32_t kApplication0 = 0xE0;
constexpr uint32_t kApplication1 = 0xE1;

bool IsStartOfFrame(uint32_t marker) {
  // C4, C8 and CC in the same range are Huffman tables, a reserved code and
  // arithmetic conditioning (ITU-T T.81, table B.1).
  return marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 &&
         marker != 0xCC;
}

// Lossless and hierarchical frames fail in libjpeg, which names them.
bool IsProgressive(uint32_t start_of_frame) {
  return start_of_frame == 0xC2 || start_of_frame == 0xC6;
}

// An arithmetic decoder takes missing data for zeros, which encoders may leave
// out: whether such a file is whole can't be known.
bool IsArithmetic(uint32_t start_of_frame) { return start_of_frame > 0xC8; }

bool HasNoLength(uint32_t marker) {
  return marker == 0x01 || (marker >= 0xD0 && marker <= 0xD8);
}

// Of a JFIF segment (ITU-T T.871, 10.1) from its name on: after five bytes of
// name and two of version come the unit and two 16-bit numbers.
Resolution JfifResolution(absl::string_view segment) {
  const ByteReader in(segment, ByteOrder::kBigEndian);
  const double x = in.U16(8), y = in.U16(10);
  switch (in.U8(7)) {
    case 1:
      return KnownResolution(x, y, 1);
    case 2:
      return KnownResolution(x, y, kCentimetresPerInch);
    default:
      // 0: the two say how wide a pixel is for its height, and no more.
      return {};
  }
}

int64_t RoundUp(int64_t value, int64_t multiple) {
  return (value + multiple - 1) / multiple * multiple;
}

// Memory of all coefficients, which a file of several scans makes libjpeg
// keep: 64 of 2 bytes a block, blocks padded to whole interleaved units.
absl::StatusOr<int64_t> CoefficientBytes(const ByteReader& in, uint64_t frame,
                                         const ImageInfo& info) {
  int64_t max_h = 1, max_v = 1;
  for (int i = 0; i < info.channels; ++i) {
    const uint32_t sampling = in.U8(frame + 9 + 3 * i);
    const int64_t h = sampling >> 4, v = sampling & 15;
    if (h < 1 || h > 4 || v < 1 || v > 4) {
      return HeaderInvalid("the JPEG header has sampling factors beyond 1..4");
    }
    max_h = std::max(max_h, h);
    max_v = std::max(max_v, v);
  }
  int64_t bytes = 0;
  for (int i = 0; i < info.channels; ++i) {
    const uint32_t sampling = in.U8(frame + 9 + 3 * i);
    const int64_t h = sampling >> 4, v = sampling & 15;
    const int64_t across =
        RoundUp(RoundUp(info.width * h, max_h * 8) / (max_h * 8), h);
    const int64_t down =
        RoundUp(RoundUp(info.height * v, max_v * 8) / (max_v * 8), v);
    // Each row of blocks has a pointer.
    bytes += down * (across * 128 + 8);
  }
  return bytes;
}

}  // namespace

absl::StatusOr<ImageInfo> ReadJpegHeader(absl::string_view file) {
  const ByteReader in(file, ByteOrder::kBigEndian);
  ImageInfo info;
  info.format = FileFormat::kJpeg;
  int64_t coefficient_bytes = 0;
  bool has_frame = false;
  bool has_jfif = false;
  bool has_exif = false;
  Resolution jfif, exif;
  uint64_t at = 2;
  while (true) {
    // Like libjpeg: what precedes a marker is skipped, 0xFF may be repeated.
    while (in.Has(at, 1) && in.U8(at) != 0xFF) ++at;
    while (in.Has(at, 1) && in.U8(at) == 0xFF) ++at;
    if (!in.Has(at, 1)) return HeaderTruncated("JPEG");
    const uint32_t marker = in.U8(at++);
    if (marker == 0 || HasNoLength(marker)) continue;
    if (marker == kEndOfImage) {
      return HeaderInvalid("the JPEG file has no image in it");
    }
    const uint64_t length = in.U16(at);
    if (!in.Has(at, std::max<uint64_t>(length, 2))) {
      return HeaderTruncated("JPEG");
    }
    if (length < 2) return HeaderInvalid("a JPEG segment is shorter than 2");
    if (IsStartOfFrame(marker) && !has_frame) {
      has_frame = true;
      if (IsArithmetic(marker)) {
        return FeatureUnsupported("JPEG with arithmetic coding");
      }
      info.height = static_cast<int>(in.U16(at + 3));
      info.width = static_cast<int>(in.U16(at + 5));
      info.channels = static_cast<int>(in.U8(at + 7));
      if (info.width == 0 || info.height == 0 || info.channels == 0 ||
          length < 8 + 3 * static_cast<uint64_t>(info.channels)) {
        return HeaderInvalid(absl::StrCat(
            "the JPEG header declares ", info.width, " x ", info.height,
            " pixels of ", info.channels, " components"));
      }
      if (info.channels > 4) {
        return FeatureUnsupported(
            absl::StrCat("JPEG of ", info.channels, " components"));
      }
      const absl::StatusOr<int64_t> bytes = CoefficientBytes(in, at, info);
      if (!bytes.ok()) return bytes.status();
      coefficient_bytes = *bytes;
      info.needs_whole_image = IsProgressive(marker);
    } else if (marker == kApplication0 && !has_jfif) {
      const absl::string_view segment = in.View(at + 2, length - 2);
      if (segment.substr(0, 5) == absl::string_view("JFIF\0", 5)) {
        has_jfif = true;
        jfif = JfifResolution(segment);
      }
    } else if (marker == kApplication1 && !has_exif) {
      const absl::string_view segment = in.View(at + 2, length - 2);
      if (segment.substr(0, 6) == absl::string_view("Exif\0\0", 6)) {
        has_exif = true;
        info.orientation = ExifOrientation(segment.substr(6));
        exif = ExifResolution(segment.substr(6));
      }
    } else if (marker == kStartOfScan) {
      if (!has_frame) return HeaderInvalid("the JPEG scan has no frame header");
      // A scan of some components only: the others follow in scans of their
      // own, so that no row is complete before the end of the file.
      if (static_cast<int>(in.U8(at + 2)) < info.channels) {
        info.needs_whole_image = true;
      }
      if (info.needs_whole_image) info.held_bytes = coefficient_bytes;
      info.dots_per_inch_x = jfif.x > 0 ? jfif.x : exif.x;
      info.dots_per_inch_y = jfif.y > 0 ? jfif.y : exif.y;
      return info;
    }
    at += length;
  }
}

}  // namespace sightline::image_internal
