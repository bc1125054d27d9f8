#include <png.h>

#include <csetjmp>
#include <cstring>
#include <new>

#include "common/image/encoders.h"
#include "common/image/image_error.h"

namespace sightline::image_internal {
namespace {

// libpng leaves by longjmp(): nothing with a destructor lives in a function
// between setjmp() and libpng, and callbacks throw nothing through it.
struct PngState {
  png_structp png;
  png_infop info;
  std::jmp_buf jump;
  std::string* file;
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
  try {
    state.file->append(reinterpret_cast<const char*>(bytes), count);
    return;
  } catch (const std::bad_alloc&) {
  }
  // Outside of the handler: longjmp() must not skip the end of a catch.
  png_error(png, "out of memory");
}

void OnFlush(png_structp) {}

// False if libpng gave up.
bool Compress(PngState& state, const PixelView& image, int compression) {
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
               static_cast<png_uint_32>(image.height), 8,
               image.channels == 1 ? PNG_COLOR_TYPE_GRAY : PNG_COLOR_TYPE_RGB,
               PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT,
               PNG_FILTER_TYPE_DEFAULT);
  png_set_compression_level(state.png, compression);
  // Trying every filter costs several times the time of the fastest levels.
  if (compression <= 2) {
    png_set_filter(state.png, PNG_FILTER_TYPE_BASE,
                   compression == 0 ? PNG_FILTER_NONE : PNG_FILTER_SUB);
  }
  png_write_info(state.png, state.info);
  for (int y = 0; y < image.height; ++y) {
    png_write_row(state.png, image.row(y));
  }
  png_write_end(state.png, nullptr);
  return true;
}

}  // namespace

absl::StatusOr<std::string> WritePng(const PixelView& image, int compression) {
  std::string file;
  PngState state = {};
  state.file = &file;
  const bool is_done = Compress(state, image, compression);
  png_destroy_write_struct(&state.png, &state.info);
  if (is_done) return file;
  if (state.is_out_of_memory) return OutOfMemory("encoding");
  return absl::InternalError(absl::StrCat("libpng: ", state.message));
}

}  // namespace sightline::image_internal
