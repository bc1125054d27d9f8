#include <png.h>
#include <zlib.h>

#include <algorithm>
#include <cmath>
#include <csetjmp>
#include <cstring>
#include <new>
#include <utility>
#include <vector>

#include "common/image/bilevel.h"
#include "common/image/encoders.h"
#include "common/image/image_error.h"
#include "common/image/output_file.h"
#include "common/image/resolution.h"

namespace sightline::image_internal {
namespace {

// libpng leaves by longjmp(): nothing with a destructor lives in a function
// between setjmp() and libpng, and callbacks throw nothing through it.
struct PngState {
  png_structp png;
  png_infop info;
  std::jmp_buf jump;
  OutputFile* file;
  // Room for a row of one bit a pixel; null where samples stay as they are.
  uint8_t* packed_row;
  bool is_not_bilevel;
  bool is_out_of_memory;
  char message[160];
};

[[noreturn]] void OnError(png_structp png, png_const_charp message) {
  PngState& state = *static_cast<PngState*>(png_get_error_ptr(png));
  std::strncpy(state.message, message, sizeof(state.message) - 1);
  if (std::strstr(message, "emory") != nullptr) state.is_out_of_memory = true;
  std::longjmp(state.jump, 1);
}

void OnWarning(png_structp, png_const_charp) {}

void OnWrite(png_structp png, png_bytep bytes, size_t count) {
  PngState& state = *static_cast<PngState*>(png_get_io_ptr(png));
  if (!state.file->Append(bytes, count)) png_error(png, "the file is too long");
}

void OnFlush(png_structp) {}

// Rounded, but not out of what readers take for a resolution.
png_uint_32 DotsPerMetre(double dots_per_inch) {
  const double exact = dots_per_inch / kMetresPerInch;
  return static_cast<png_uint_32>(
      std::clamp(std::round(exact), std::ceil(kMinDotsPerInch / kMetresPerInch),
                 std::floor(kMaxDotsPerInch / kMetresPerInch)));
}

// False if libpng gave up.
bool Compress(PngState& state, const PixelView& image, int compression,
              double dots_per_inch) {
  if (setjmp(state.jump) != 0) return false;
  state.png = png_create_write_struct(PNG_LIBPNG_VER_STRING, &state, OnError,
                                      OnWarning);
  if (state.png != nullptr) state.info = png_create_info_struct(state.png);
  if (state.info == nullptr) {
    state.is_out_of_memory = true;
    return false;
  }
  png_set_write_fn(state.png, &state, OnWrite, OnFlush);
  png_set_user_limits(state.png, PNG_UINT_31_MAX, PNG_UINT_31_MAX);
  png_set_IHDR(state.png, state.info, static_cast<png_uint_32>(image.width),
               static_cast<png_uint_32>(image.height),
               state.packed_row == nullptr ? 8 : 1,
               image.channels == 1 ? PNG_COLOR_TYPE_GRAY : PNG_COLOR_TYPE_RGB,
               PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT,
               PNG_FILTER_TYPE_DEFAULT);
  png_set_compression_level(state.png, compression);
  // Trying every filter costs several times the time of the fastest levels. For
  // them, differences to the row above and runs alone (no search for matches)
  // made pages, in gray and in black and white, both smaller and half as dear
  // as any other filter with zlib's usual strategy.
  if (compression == 0) {
    png_set_filter(state.png, PNG_FILTER_TYPE_BASE, PNG_FILTER_NONE);
  } else if (compression <= 2) {
    png_set_filter(state.png, PNG_FILTER_TYPE_BASE, PNG_FILTER_UP);
    png_set_compression_strategy(state.png, Z_RLE);
  }
  if (dots_per_inch > 0) {
    const png_uint_32 dots = DotsPerMetre(dots_per_inch);
    png_set_pHYs(state.png, state.info, dots, dots, PNG_RESOLUTION_METER);
  }
  png_write_info(state.png, state.info);
  for (int y = 0; y < image.height; ++y) {
    if (state.packed_row == nullptr) {
      png_write_row(state.png, image.row(y));
      continue;
    }
    if (!PackBilevelRow(image.row(y), image.width, state.packed_row)) {
      state.is_not_bilevel = true;
      return false;
    }
    png_write_row(state.png, state.packed_row);
  }
  png_write_end(state.png, nullptr);
  return true;
}

}  // namespace

int64_t PngFileBytes(int64_t width, int64_t height, int bits_per_pixel) {
  // With the byte that names its filter.
  const int64_t row_bytes = (width * bits_per_pixel + 7) / 8 + 1;
  const int64_t raw = row_bytes * height;
  // zlib's own bound (deflateBound) for any settings is an eighth and a 64th
  // more; chunks of 8 KB have a frame of 12 bytes.
  constexpr int64_t kFrame = 1024;
  return raw + raw / 8 + raw / 32 + kFrame;
}

int64_t WritePngBytes(int64_t width, int64_t height, int bits_per_pixel) {
  // libpng's structures and zlib's window and tables (zconf.h: 256 KB).
  constexpr int64_t kFixed = 320 << 10;
  // The packed row; the row, the one before and two with filters tried.
  const int64_t rows = 5 * ((width * bits_per_pixel + 7) / 8 + 64);
  return kFixed + rows +
         OutputFile::Bytes(PngFileBytes(width, height, bits_per_pixel));
}

absl::StatusOr<std::string> WritePng(const PixelView& image, bool is_bilevel,
                                     int compression, double dots_per_inch) {
  try {
    OutputFile file(PngFileBytes(image.width, image.height,
                                 is_bilevel ? 1 : 8 * image.channels));
    std::vector<uint8_t> packed_row;
    if (is_bilevel) {
      packed_row.resize(static_cast<size_t>(PackedRowBytes(image.width)));
    }
    PngState state = {};
    state.file = &file;
    state.packed_row = is_bilevel ? packed_row.data() : nullptr;
    const bool is_done = Compress(state, image, compression, dots_per_inch);
    png_destroy_write_struct(&state.png, &state.info);
    if (is_done) return std::move(file).Take();
    if (state.is_not_bilevel) return NotBilevel(image);
    if (state.is_out_of_memory) return OutOfMemory("encoding");
    return absl::InternalError(absl::StrCat("libpng: ", state.message));
  } catch (const std::bad_alloc&) {
    return OutOfMemory("encoding");
  }
}

}  // namespace sightline::image_internal
