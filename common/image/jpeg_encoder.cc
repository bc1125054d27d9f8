#include <array>
#include <cmath>
#include <csetjmp>
#include <cstdio>
#include <new>

// libjpeg needs <cstdio> before it.
#include <jpeglib.h>
// Message codes, after jpeglib.h.
#include <jerror.h>

#include "common/image/encoders.h"
#include "common/image/image_error.h"
#include "common/image/resolution.h"

namespace sightline::image_internal {
namespace {

// libjpeg leaves by longjmp(): nothing with a destructor lives in a function
// between setjmp() and libjpeg, and callbacks throw nothing through it.
struct JpegState {
  jpeg_compress_struct compress;
  jpeg_error_mgr errors;
  jpeg_destination_mgr destination;
  std::jmp_buf jump;
  std::string* file;
  bool is_out_of_memory;
  std::array<JOCTET, 32 << 10> buffer;
  char message[JMSG_LENGTH_MAX];
};

JpegState& StateOf(void* client_data) {
  return *static_cast<JpegState*>(client_data);
}

void OnError(j_common_ptr common) {
  JpegState& state = StateOf(common->client_data);
  (*common->err->format_message)(common, state.message);
  state.is_out_of_memory = common->err->msg_code == JERR_OUT_OF_MEMORY;
  std::longjmp(state.jump, 1);
}

void OnMessage(j_common_ptr, int) {}
void OnOutput(j_common_ptr) {}

void StartBuffer(j_compress_ptr compress) {
  JpegState& state = StateOf(compress->client_data);
  state.destination.next_output_byte = state.buffer.data();
  state.destination.free_in_buffer = state.buffer.size();
}

bool Append(JpegState& state, size_t bytes) {
  try {
    state.file->append(reinterpret_cast<const char*>(state.buffer.data()),
                       bytes);
    return true;
  } catch (const std::bad_alloc&) {
    return false;
  }
}

boolean OnFull(j_compress_ptr compress) {
  JpegState& state = StateOf(compress->client_data);
  if (!Append(state, state.buffer.size())) {
    ERREXIT1(compress, JERR_OUT_OF_MEMORY, 0);
  }
  StartBuffer(compress);
  return TRUE;
}

void OnEnd(j_compress_ptr compress) {
  JpegState& state = StateOf(compress->client_data);
  if (!Append(state, state.buffer.size() - state.destination.free_in_buffer)) {
    ERREXIT1(compress, JERR_OUT_OF_MEMORY, 0);
  }
}

// JFIF has 16-bit numbers of dots per inch or centimetre.
void SetDensity(jpeg_compress_struct& c, double dots_per_inch) {
  constexpr double kMostPerInch = 65535;
  const bool is_per_inch = dots_per_inch <= kMostPerInch;
  const double dots =
      is_per_inch ? dots_per_inch : dots_per_inch / kCentimetresPerInch;
  c.density_unit = is_per_inch ? 1 : 2;
  c.X_density = c.Y_density = static_cast<UINT16>(std::lround(dots));
}

// False if libjpeg gave up.
bool Compress(JpegState& state, const PixelView& image, int quality,
              double dots_per_inch) {
  if (setjmp(state.jump) != 0) return false;
  jpeg_compress_struct& c = state.compress;
  jpeg_create_compress(&c);
  c.dest = &state.destination;
  c.image_width = static_cast<JDIMENSION>(image.width);
  c.image_height = static_cast<JDIMENSION>(image.height);
  c.input_components = image.channels;
  c.in_color_space = image.channels == 1 ? JCS_GRAYSCALE : JCS_RGB;
  // The defaults are 4:2:0 for colour.
  jpeg_set_defaults(&c);
  jpeg_set_quality(&c, quality, TRUE);
  if (dots_per_inch > 0) SetDensity(c, dots_per_inch);
  jpeg_start_compress(&c, TRUE);
  while (c.next_scanline < c.image_height) {
    JSAMPROW row =
        const_cast<JSAMPROW>(image.row(static_cast<int>(c.next_scanline)));
    jpeg_write_scanlines(&c, &row, 1);
  }
  jpeg_finish_compress(&c);
  return true;
}

}  // namespace

absl::StatusOr<std::string> WriteJpeg(const PixelView& image, int quality,
                                      double dots_per_inch) {
  std::string file;
  JpegState state = {};
  state.file = &file;
  state.compress.err = jpeg_std_error(&state.errors);
  state.compress.client_data = &state;
  state.errors.error_exit = OnError;
  state.errors.emit_message = OnMessage;
  state.errors.output_message = OnOutput;
  state.destination.init_destination = StartBuffer;
  state.destination.empty_output_buffer = OnFull;
  state.destination.term_destination = OnEnd;
  const bool is_done = Compress(state, image, quality, dots_per_inch);
  jpeg_destroy_compress(&state.compress);
  if (is_done) return file;
  if (state.is_out_of_memory) return OutOfMemory("encoding");
  return absl::InternalError(absl::StrCat("libjpeg: ", state.message));
}

}  // namespace sightline::image_internal
