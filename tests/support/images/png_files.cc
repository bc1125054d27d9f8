#include <png.h>
#include <zlib.h>

#include <cstdlib>
#include <cstring>

#include "tests/support/images/image_files.h"

namespace sightline::testing {
namespace {

void Append(png_structp png, png_bytep bytes, size_t count) {
  static_cast<std::string*>(png_get_io_ptr(png))
      ->append(reinterpret_cast<const char*>(bytes), count);
}
void Flush(png_structp) {}

// Rows as the file stores them.
std::vector<uint8_t> StoredRow(const Picture& picture, int y, int bit_depth) {
  const uint8_t* row = picture.row(y);
  const int samples = picture.width * picture.channels;
  if (bit_depth == 8) return {row, row + samples};
  if (bit_depth == 16) {
    std::vector<uint8_t> out;
    for (int i = 0; i < samples; ++i) {
      out.push_back(row[i]);
      // A low byte that a decoder that rounds would round up.
      out.push_back(static_cast<uint8_t>(200 + i % 50));
    }
    return out;
  }
  std::vector<uint8_t> out((samples * bit_depth + 7) / 8);
  const int per_byte = 8 / bit_depth;
  for (int i = 0; i < samples; ++i) {
    const int level = row[i] >> (8 - bit_depth);
    out[i / per_byte] = static_cast<uint8_t>(
        out[i / per_byte] | level
                                << (8 - bit_depth - i % per_byte * bit_depth));
  }
  return out;
}

void SetTransparency(png_structp png, png_infop info,
                     const PngOptions& options) {
  if (options.transparency.empty()) return;
  if (!options.palette.empty()) {
    png_set_tRNS(png, info, options.transparency.data(),
                 static_cast<int>(options.transparency.size()), nullptr);
    return;
  }
  const png_uint_16 value = options.transparency[0];
  png_color_16 key = {};
  key.gray = key.red = key.green = key.blue = value;
  png_set_tRNS(png, info, nullptr, 0, &key);
}

int ColourType(const Picture& picture, const PngOptions& options) {
  if (!options.palette.empty()) return PNG_COLOR_TYPE_PALETTE;
  switch (picture.channels) {
    case 1:
      return PNG_COLOR_TYPE_GRAY;
    case 2:
      return PNG_COLOR_TYPE_GRAY_ALPHA;
    case 3:
      return PNG_COLOR_TYPE_RGB;
    default:
      return PNG_COLOR_TYPE_RGBA;
  }
}

}  // namespace

std::string PngFile(const Picture& picture, const PngOptions& options) {
  std::string file;
  png_structp png =
      png_create_write_struct(PNG_LIBPNG_VER_STRING, nullptr, nullptr, nullptr);
  png_infop info = png_create_info_struct(png);
  if (setjmp(png_jmpbuf(png)) != 0) std::abort();
  png_set_write_fn(png, &file, Append, Flush);
  png_set_compression_buffer_size(png,
                                  static_cast<size_t>(options.chunk_bytes));
  png_set_IHDR(png, info, static_cast<png_uint_32>(picture.width),
               static_cast<png_uint_32>(picture.height), options.bit_depth,
               ColourType(picture, options),
               options.interlaced ? PNG_INTERLACE_ADAM7 : PNG_INTERLACE_NONE,
               PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
  if (!options.palette.empty()) {
    png_color colours[256] = {};
    const size_t count = options.palette.size() / 3;
    for (size_t i = 0; i < count; ++i) {
      colours[i] = {options.palette[3 * i], options.palette[3 * i + 1],
                    options.palette[3 * i + 2]};
    }
    png_set_PLTE(png, info, colours, static_cast<int>(count));
  }
  SetTransparency(png, info, options);
  if (options.orientation != 0) {
    std::string exif =
        ExifBlock(options.orientation, options.exif_is_big_endian);
    png_set_eXIf_1(png, info, static_cast<png_uint_32>(exif.size()),
                   reinterpret_cast<png_bytep>(exif.data()));
  }
  if (options.dots_per_metre > 0) {
    const auto dots = static_cast<png_uint_32>(options.dots_per_metre);
    png_set_pHYs(png, info, dots, dots, PNG_RESOLUTION_METER);
  }
  png_write_info(png, info);
  std::vector<std::vector<uint8_t>> rows;
  std::vector<png_bytep> pointers;
  for (int y = 0; y < picture.height; ++y) {
    rows.push_back(StoredRow(picture, y, options.bit_depth));
  }
  for (auto& row : rows) pointers.push_back(row.data());
  png_write_image(png, pointers.data());
  png_write_end(png, info);
  png_destroy_write_struct(&png, &info);
  return file;
}

std::string PngChunk(const std::string& type, const std::string& data) {
  const std::string body = type + data;
  const uLong sum = crc32(0, reinterpret_cast<const Bytef*>(body.data()),
                          static_cast<uInt>(body.size()));
  return BigEndian32(static_cast<uint32_t>(data.size())) + body +
         BigEndian32(static_cast<uint32_t>(sum));
}

std::string PngBomb(int width, int height, bool interlaced) {
  PngOptions options;
  options.interlaced = interlaced;
  const std::string file = PngFile(SmoothPicture(16, 16, 3), options);
  const std::string header = BigEndian32(static_cast<uint32_t>(width)) +
                             BigEndian32(static_cast<uint32_t>(height)) +
                             file.substr(24, 5);
  return file.substr(0, 8) + PngChunk("IHDR", header) + file.substr(33);
}

}  // namespace sightline::testing
