#include <algorithm>

#include "common/image/headers.h"
#include "common/image/image_error.h"

namespace sightline::image_internal {
namespace {

constexpr uint64_t kFirstChunk = 12;
constexpr uint64_t kChunkFrameBytes = 8;
constexpr uint32_t kAnimationFlag = 0x02;
constexpr uint32_t kLosslessSignature = 0x2F;

// Size and transparency from the header of the coded image itself.
bool ReadFrame(const ByteReader& in, uint64_t at, uint64_t bytes,
               WebpHeader& header) {
  const absl::string_view type = in.View(at - kChunkFrameBytes, 4);
  if (type == "VP8 ") {
    // RFC 6386, section 9.1: a key frame begins with a tag of three bytes and
    // this start code.
    if (in.View(at + 3, 3) != "\x9d\x01\x2a") return false;
    header.info.width = static_cast<int>(in.U16(at + 6) & 0x3FFF);
    header.info.height = static_cast<int>(in.U16(at + 8) & 0x3FFF);
    return true;
  }
  if (in.U8(at) != kLosslessSignature) return false;
  const uint32_t bits = in.U32(at + 1);
  header.info.width = static_cast<int>((bits & 0x3FFF) + 1);
  header.info.height = static_cast<int>(((bits >> 14) & 0x3FFF) + 1);
  header.is_lossless = true;
  header.has_alpha = header.has_alpha || ((bits >> 28) & 1) != 0;
  header.lossless_stream = in.View(at + 5, bytes > 5 ? bytes - 5 : 0);
  return true;
}

// What libwebp holds beside its output.
int64_t HeldBytes(const WebpHeader& header) {
  const int64_t width = header.info.width, height = header.info.height;
  int64_t held = 0;
  if (!header.is_lossless) {
    // Rows of macroblocks, their neighbours' state, filter parameters.
    held += (width + 32) * 128;
    if (header.has_alpha) held += width * height;
  }
  if (!header.lossless_stream.empty()) {
    // Pixels and 17 rows on top; three images of parameters, at most one for
    // each block of 4 x 4; the code tables of every entropy group.
    const int64_t blocks = ((width + 3) / 4) * ((height + 3) / 4);
    held += 4 * width * (height + 17) + 3 * 4 * blocks +
            std::min<int64_t>(blocks, kMaxWebpEntropyGroups) *
                kWebpEntropyGroupBytes;
  }
  return held;
}

}  // namespace

absl::StatusOr<WebpHeader> ReadWebpHeader(absl::string_view file) {
  const ByteReader in(file, ByteOrder::kLittleEndian);
  WebpHeader header;
  header.info.format = FileFormat::kWebp;
  bool has_frame = false;
  int canvas_width = 0, canvas_height = 0;
  // Every step goes on by 8 bytes at least.
  uint64_t at = kFirstChunk;
  while (in.Has(at, kChunkFrameBytes)) {
    const absl::string_view type = in.View(at, 4);
    const uint64_t bytes = in.U32(at + 4);
    const uint64_t data = at + kChunkFrameBytes;
    if (type == "VP8X" && at == kFirstChunk) {
      if (!in.Has(data, 10)) break;
      if ((in.U8(data) & kAnimationFlag) != 0) {
        return FeatureUnsupported("animated WebP");
      }
      canvas_width = static_cast<int>(in.U32(data + 4) & 0xFFFFFF) + 1;
      canvas_height = static_cast<int>(in.U32(data + 6) >> 8) + 1;
    } else if (type == "ALPH" && !has_frame) {
      if (!in.Has(data, 1)) break;
      header.has_alpha = true;
      // The two lowest bits: 0 raw, 1 coded like a lossless image.
      if ((in.U8(data) & 3) == 1 && bytes > 1) {
        header.lossless_stream = in.View(data + 1, bytes - 1);
      }
    } else if ((type == "VP8 " || type == "VP8L") && !has_frame) {
      if (!in.Has(data, 10)) break;
      if (!ReadFrame(in, data, bytes, header)) {
        return HeaderInvalid("the WebP image chunk does not begin as it must");
      }
      has_frame = true;
      // A simple file has nothing behind its image.
      if (canvas_width == 0) break;
    } else if (type == "EXIF") {
      absl::string_view exif = in.View(data, bytes);
      // Some writers keep the prefix that belongs to JPEG.
      if (exif.substr(0, 6) == absl::string_view("Exif\0\0", 6)) {
        exif.remove_prefix(6);
      }
      header.info.orientation = ExifOrientation(exif);
      if (has_frame) break;
    }
    at = data + bytes + (bytes & 1);
  }
  if (!has_frame) return HeaderTruncated("WebP");
  if (header.info.width == 0 || header.info.height == 0) {
    return HeaderInvalid("the WebP header declares an image without pixels");
  }
  if (canvas_width != 0 && (canvas_width != header.info.width ||
                            canvas_height != header.info.height)) {
    return HeaderInvalid(absl::StrCat(
        "the WebP header declares ", canvas_width, " x ", canvas_height,
        " pixels, its image ", header.info.width, " x ", header.info.height));
  }
  header.info.channels = header.has_alpha ? 4 : 3;
  // A lossless stream is decoded to 4 bytes a pixel before anything else.
  header.info.needs_whole_image = !header.lossless_stream.empty();
  header.info.held_bytes = HeldBytes(header);
  return header;
}

}  // namespace sightline::image_internal
