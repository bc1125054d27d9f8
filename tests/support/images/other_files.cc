#include <webp/encode.h>

#include <algorithm>
#include <cstdlib>

#include "tests/support/images/image_files.h"

namespace sightline::testing {
namespace {

// A chunk of a RIFF file, padded to an even length.
std::string RiffChunk(const std::string& type, const std::string& data) {
  return type + LittleEndian32(static_cast<uint32_t>(data.size())) + data +
         std::string(data.size() % 2, '\0');
}

std::string RiffFile(const std::string& chunks) {
  return "RIFF" + LittleEndian32(static_cast<uint32_t>(chunks.size() + 4)) +
         "WEBP" + chunks;
}

std::string LittleEndian24(uint32_t value) {
  return LittleEndian32(value).substr(0, 3);
}

// `simple` as an extended file with an EXIF chunk.
std::string WithExif(const std::string& simple, const Picture& picture,
                     int orientation) {
  std::string chunks = simple.substr(12);
  const bool has_alpha = picture.channels == 4;
  if (chunks.substr(0, 4) == "VP8X") chunks = chunks.substr(18);
  const char flags = static_cast<char>(0x08 | (has_alpha ? 0x10 : 0));
  const std::string header =
      std::string(1, flags) + std::string(3, '\0') +
      LittleEndian24(static_cast<uint32_t>(picture.width - 1)) +
      LittleEndian24(static_cast<uint32_t>(picture.height - 1));
  return RiffFile(RiffChunk("VP8X", header) + chunks +
                  RiffChunk("EXIF", ExifBlock(orientation, true)));
}

}  // namespace

std::string LittleEndian16(uint32_t value) {
  return {static_cast<char>(value & 255), static_cast<char>(value >> 8 & 255)};
}
std::string LittleEndian32(uint32_t value) {
  return LittleEndian16(value & 0xFFFF) + LittleEndian16(value >> 16);
}
std::string BigEndian16(uint32_t value) {
  return {static_cast<char>(value >> 8 & 255), static_cast<char>(value & 255)};
}
std::string BigEndian32(uint32_t value) {
  return BigEndian16(value >> 16) + BigEndian16(value & 0xFFFF);
}

std::string ExifBlock(int orientation, bool is_big_endian) {
  const auto u16 = is_big_endian ? BigEndian16 : LittleEndian16;
  const auto u32 = is_big_endian ? BigEndian32 : LittleEndian32;
  // Two entries: the camera's maker (inline text) and the orientation.
  return std::string(is_big_endian ? "MM" : "II") + u16(42) + u32(8) + u16(2) +
         u16(0x010F) + u16(2) + u32(4) + std::string("abc\0", 4) + u16(0x0112) +
         u16(3) + u32(1) + u16(static_cast<uint32_t>(orientation)) + u16(0) +
         u32(0);
}

std::string WebpFile(const Picture& picture, const WebpOptions& options) {
  const Picture rgb = picture.channels == 4 ? picture : ToRgb(picture);
  WebPConfig config;
  WebPPicture webp;
  if (WebPConfigInit(&config) == 0 || WebPPictureInit(&webp) == 0) {
    std::abort();
  }
  config.quality = static_cast<float>(options.quality);
  config.lossless = options.lossless ? 1 : 0;
  config.exact = 1;
  config.method = 2;
  webp.use_argb = config.lossless;
  webp.width = picture.width;
  webp.height = picture.height;
  WebPMemoryWriter writer;
  WebPMemoryWriterInit(&writer);
  webp.writer = WebPMemoryWrite;
  webp.custom_ptr = &writer;
  const int stride = rgb.width * rgb.channels;
  const int imported =
      rgb.channels == 4
          ? WebPPictureImportRGBA(&webp, rgb.samples.data(), stride)
          : WebPPictureImportRGB(&webp, rgb.samples.data(), stride);
  if (imported == 0 || WebPEncode(&config, &webp) == 0) std::abort();
  std::string file(reinterpret_cast<char*>(writer.mem), writer.size);
  WebPPictureFree(&webp);
  WebPMemoryWriterClear(&writer);
  return options.orientation == 0
             ? file
             : WithExif(file, picture, options.orientation);
}

std::string WebpBomb(int width, int height, bool lossless) {
  WebpOptions options;
  options.lossless = lossless;
  std::string file = WebpFile(SmoothPicture(16, 16, 3), options);
  const uint32_t w = static_cast<uint32_t>(width);
  const uint32_t h = static_cast<uint32_t>(height);
  if (lossless) {
    file.replace(21, 4,
                 LittleEndian32(((w - 1) & 0x3FFF) | ((h - 1) & 0x3FFF) << 14));
  } else {
    file.replace(26, 4,
                 LittleEndian16(w & 0x3FFF) + LittleEndian16(h & 0x3FFF));
  }
  return file;
}

std::string BmpFile(const Picture& picture, const BmpOptions& options) {
  const int bits = options.bits;
  const int w = picture.width, h = picture.height;
  const size_t row_bytes = static_cast<size_t>((w * bits + 31) / 32 * 4);
  std::string palette;
  for (int i = 0; bits <= 8 && i < 1 << bits; ++i) {
    const char gray = static_cast<char>(i * 255 / ((1 << bits) - 1));
    palette += std::string(3, gray);
    if (!options.core_header) palette += '\0';
  }
  const uint32_t header_bytes = options.core_header ? 12 : 40;
  const std::string masks = options.bit_fields ? LittleEndian32(0xFF0000) +
                                                     LittleEndian32(0xFF00) +
                                                     LittleEndian32(0xFF)
                                               : "";
  const uint32_t pixels_at =
      static_cast<uint32_t>(14 + header_bytes + masks.size() + palette.size());
  std::string file = "BM" + LittleEndian32(0) + LittleEndian32(0) +
                     LittleEndian32(pixels_at) + LittleEndian32(header_bytes);
  if (options.core_header) {
    file += LittleEndian16(w) + LittleEndian16(h) + LittleEndian16(1) +
            LittleEndian16(bits);
  } else {
    file += LittleEndian32(w) +
            LittleEndian32(static_cast<uint32_t>(options.top_down ? -h : h)) +
            LittleEndian16(1) + LittleEndian16(bits) +
            LittleEndian32(options.bit_fields ? 3 : 0) + std::string(20, '\0');
  }
  file += masks + palette;
  const Picture rgb = ToRgb(picture);
  for (int i = 0; i < h; ++i) {
    const int y = options.top_down ? i : h - 1 - i;
    std::string row(row_bytes, '\0');
    for (int x = 0; x < w; ++x) {
      if (bits <= 8) {
        const int per_byte = 8 / bits;
        const int level = picture.at(x, y) >> (8 - bits);
        row[x / per_byte] = static_cast<char>(
            row[x / per_byte] | level << (8 - bits - x % per_byte * bits));
      } else {
        for (int c = 0; c < 3; ++c) {
          row[x * bits / 8 + c] = static_cast<char>(rgb.at(x, y, 2 - c));
        }
      }
    }
    file += row;
  }
  return file;
}

std::string BmpBomb(int width, int height, int bits) {
  BmpOptions options;
  options.bits = bits;
  std::string file = BmpFile(SmoothPicture(16, 16, 1), options);
  file.replace(18, 8,
               LittleEndian32(static_cast<uint32_t>(width)) +
                   LittleEndian32(static_cast<uint32_t>(height)));
  return file;
}

}  // namespace sightline::testing
