#include <png.h>

#include <algorithm>
#include <array>
#include <csetjmp>
#include <cstring>
#include <string>
#include <vector>

#include "common/image/decoders.h"
#include "common/image/image_error.h"

namespace sightline::image_internal {
namespace {

enum class Outcome { kGoing, kTruncated, kCorrupt, kOutOfMemory };

// Samples of a row as libpng delivers it here, all of 8 bits.
enum class Layout { kGray, kGrayAlpha, kRgb, kRgba, kPalette };

// libpng reports by callbacks and leaves by longjmp(). Nothing with a
// destructor lives in a function between Guarded() and libpng.
struct PngState {
  png_structp png;
  png_infop info;
  std::jmp_buf jump;
  absl::string_view rest;
  Outcome outcome;
  char message[160];
};

void Keep(PngState& state, png_const_charp message) {
  std::strncpy(state.message, message, sizeof(state.message) - 1);
}

[[noreturn]] void OnError(png_structp png, png_const_charp message) {
  PngState& state = *static_cast<PngState*>(png_get_error_ptr(png));
  Keep(state, message);
  const absl::string_view text(state.message);
  if (text.find("Not enough image data") != absl::string_view::npos) {
    state.outcome = Outcome::kTruncated;
  } else if (text.find("emory") != absl::string_view::npos) {
    state.outcome = Outcome::kOutOfMemory;
  } else if (state.outcome == Outcome::kGoing) {
    state.outcome = Outcome::kCorrupt;
  }
  std::longjmp(state.jump, 1);
}

void OnWarning(png_structp png, png_const_charp message) {
  const absl::string_view text(message);
  // More pixels than the header declares: it lies, and every row may be
  // shifted against the one above.
  if (text.find("Too much image data") != absl::string_view::npos ||
      text.find("Extra compressed data") != absl::string_view::npos) {
    OnError(png, message);
  }
}

void OnRead(png_structp png, png_bytep out, size_t count) {
  PngState& state = *static_cast<PngState*>(png_get_io_ptr(png));
  if (state.rest.size() < count) {
    state.outcome = Outcome::kTruncated;
    png_error(png, "the file ends");
  }
  std::memcpy(out, state.rest.data(), count);
  state.rest.remove_prefix(count);
}

template <typename Step>
bool Guarded(PngState& state, const Step& step) {
  if (setjmp(state.jump) != 0) return false;
  step();
  return true;
}

class PngReader {
 public:
  explicit PngReader(absl::string_view file) {
    state_ = {};
    state_.rest = file;
    const bool created = Guarded(state_, [this] {
      state_.png = png_create_read_struct(PNG_LIBPNG_VER_STRING, &state_,
                                          OnError, OnWarning);
      if (state_.png != nullptr) {
        state_.info = png_create_info_struct(state_.png);
      }
    });
    if (!created || state_.info == nullptr) {
      state_.outcome = Outcome::kOutOfMemory;
      return;
    }
    png_set_read_fn(state_.png, &state_, OnRead);
    // Text, colour profiles and the like may be compressed and large; nothing
    // here asks for them. -1: every chunk but those that pixels need.
    png_set_keep_unknown_chunks(state_.png, PNG_HANDLE_CHUNK_NEVER, nullptr,
                                -1);
    // Sides are checked against our own limits.
    png_set_user_limits(state_.png, PNG_UINT_31_MAX, PNG_UINT_31_MAX);
    png_set_benign_errors(state_.png, 1);
    // Every chunk has a check sum already; the second one over the unpacked
    // rows took 5 to 7 % of the time. Ubuntu's libpng cannot leave it out.
#ifdef PNG_IGNORE_ADLER32
    png_set_option(state_.png, PNG_IGNORE_ADLER32, PNG_OPTION_ON);
#endif
  }
  ~PngReader() { png_destroy_read_struct(&state_.png, &state_.info, nullptr); }
  PngReader(const PngReader&) = delete;
  PngReader& operator=(const PngReader&) = delete;

  PngState& state() { return state_; }
  bool ok() const { return state_.outcome == Outcome::kGoing; }

  absl::Status Failure(int rows, int height) const {
    switch (state_.outcome) {
      case Outcome::kTruncated:
        return PixelsTruncated("PNG", rows, height);
      case Outcome::kOutOfMemory:
        return OutOfMemory("decoding");
      default:
        return Corrupt("PNG", state_.message);
    }
  }

 private:
  PngState state_;
};

uint8_t OverWhite(uint32_t value, uint32_t alpha) {
  return static_cast<uint8_t>((value * alpha + 255 * (255 - alpha) + 127) /
                              255);
}

// Turns delivered rows into gray or colour ones of 8 bits.
class RowConverter {
 public:
  // Asks libpng for 8-bit samples. Within Guarded().
  void Configure(const PngState& state) {
    const int type = png_get_color_type(state.png, state.info);
    const int bits = png_get_bit_depth(state.png, state.info);
    const bool has_key =
        png_get_valid(state.png, state.info, PNG_INFO_tRNS) != 0;
    if (type == PNG_COLOR_TYPE_PALETTE) {
      layout_ = Layout::kPalette;
      if (bits < 8) png_set_packing(state.png);
      ReadPalette(state);
      return;
    }
    if (has_key && (type & PNG_COLOR_MASK_ALPHA) == 0) {
      png_set_tRNS_to_alpha(state.png);
    } else if (bits < 8) {
      png_set_expand_gray_1_2_4_to_8(state.png);
    }
    if (bits == 16) png_set_strip_16(state.png);
    const bool has_alpha = has_key || (type & PNG_COLOR_MASK_ALPHA) != 0;
    if ((type & PNG_COLOR_MASK_COLOR) != 0) {
      layout_ = has_alpha ? Layout::kRgba : Layout::kRgb;
    } else {
      layout_ = has_alpha ? Layout::kGrayAlpha : Layout::kGray;
    }
  }

  int delivered_samples() const {
    switch (layout_) {
      case Layout::kGray:
      case Layout::kPalette:
        return 1;
      case Layout::kGrayAlpha:
        return 2;
      case Layout::kRgb:
        return 3;
      case Layout::kRgba:
        return 4;
    }
    return 4;
  }

  // Channels of a converted row.
  int channels() const {
    switch (layout_) {
      case Layout::kGray:
      case Layout::kGrayAlpha:
        return 1;
      case Layout::kPalette:
        return palette_is_gray_ ? 1 : 3;
      case Layout::kRgb:
      case Layout::kRgba:
        return 3;
    }
    return 3;
  }

  // `row` itself where it is right as it is, else `out`, filled.
  const uint8_t* Convert(const uint8_t* row, int width, uint8_t* out) const {
    switch (layout_) {
      case Layout::kGray:
      case Layout::kRgb:
        return row;
      case Layout::kGrayAlpha:
        for (int x = 0; x < width; ++x) {
          out[x] = OverWhite(row[2 * x], row[2 * x + 1]);
        }
        return out;
      case Layout::kRgba:
        for (int x = 0; x < width; ++x) {
          for (int c = 0; c < 3; ++c) {
            out[3 * x + c] = OverWhite(row[4 * x + c], row[4 * x + 3]);
          }
        }
        return out;
      case Layout::kPalette:
        if (palette_is_gray_) {
          for (int x = 0; x < width; ++x) out[x] = palette_[row[x]][0];
        } else {
          for (int x = 0; x < width; ++x) {
            std::memcpy(out + 3 * x, palette_[row[x]].data(), 3);
          }
        }
        return out;
    }
    return row;
  }

 private:
  // Indices beyond the palette are black, as libpng's own expansion has it.
  void ReadPalette(const PngState& state) {
    png_colorp colours = nullptr;
    int count = 0;
    png_get_PLTE(state.png, state.info, &colours, &count);
    png_bytep alphas = nullptr;
    int alpha_count = 0;
    png_get_tRNS(state.png, state.info, &alphas, &alpha_count, nullptr);
    palette_ = {};
    palette_is_gray_ = true;
    for (int i = 0; i < count && i < 256; ++i) {
      const uint32_t alpha = i < alpha_count ? alphas[i] : 255;
      palette_[i] = {OverWhite(colours[i].red, alpha),
                     OverWhite(colours[i].green, alpha),
                     OverWhite(colours[i].blue, alpha)};
      palette_is_gray_ = palette_is_gray_ && palette_[i][0] == palette_[i][1] &&
                         palette_[i][0] == palette_[i][2];
    }
  }

  Layout layout_ = Layout::kGray;
  bool palette_is_gray_ = false;
  std::array<std::array<uint8_t, 3>, 256> palette_;
};

// Reads rows one by one and hands them on converted.
class RowReader {
 public:
  RowReader(PngState& state, const RowConverter& converter, int width)
      : state_(state),
        converter_(converter),
        raw_(static_cast<size_t>(width) * converter.delivered_samples()),
        converted_(static_cast<size_t>(width) * converter.channels()) {}

  // The next row, of `width` pixels; nullptr if libpng gave up.
  const uint8_t* Next(int width) {
    uint8_t* raw = raw_.data();
    png_structp png = state_.png;
    if (!Guarded(state_, [png, raw] { png_read_row(png, raw, nullptr); })) {
      return nullptr;
    }
    return converter_.Convert(raw, width, converted_.data());
  }

 private:
  PngState& state_;
  const RowConverter& converter_;
  std::vector<uint8_t> raw_;
  std::vector<uint8_t> converted_;
};

}  // namespace

int64_t PngBytes(const ImageInfo& info, int reduction, int canvas_channels) {
  // zlib's window and state, libpng's structures, the inflate buffers.
  constexpr int64_t kFixed = 160 << 10;
  // Two rows of libpng of up to 64 bits a pixel, two of ours.
  const int64_t rows = int64_t{info.width} * (8 * 2 + 4 + 3) + 256;
  const int channels = canvas_channels == 1 && info.channels < 3 ? 1 : 3;
  const int64_t sums =
      info.needs_whole_image
          ? BlockSums::Bytes(info.width, info.height, channels, reduction)
          : 0;
  return kFixed + rows + sums +
         RowSink::Bytes(info.width, reduction, info.orientation);
}

absl::Status DecodePng(absl::string_view file, const ImageInfo& info,
                       int reduction, const Canvas& canvas) {
  PngReader reader(file);
  if (!reader.ok()) return reader.Failure(0, info.height);
  PngState& state = reader.state();
  RowConverter converter;
  const bool has_header = Guarded(state, [&state, &converter] {
    png_read_info(state.png, state.info);
    converter.Configure(state);
    png_read_update_info(state.png, state.info);
  });
  if (!has_header) return reader.Failure(0, info.height);
  if (png_get_rowbytes(state.png, state.info) !=
      static_cast<size_t>(info.width) * converter.delivered_samples()) {
    return absl::InternalError("libpng delivers an unexpected row");
  }
  RowReader rows(state, converter, info.width);
  const RowShape shape = {info.width, info.height, converter.channels()};
  if (!info.needs_whole_image) {
    RowSink sink(shape, reduction, canvas);
    while (!sink.is_complete()) {
      const uint8_t* row = rows.Next(info.width);
      if (row == nullptr) return reader.Failure(sink.rows(), info.height);
      sink.AddRow(row);
    }
    return absl::OkStatus();
  }
  // Adam7: seven smaller images, each of every n-th pixel. Averaging doesn't
  // care for their order, so that only sums of blocks are held.
  BlockSums sums(shape, reduction, info.orientation);
  for (int pass = 0; pass < PNG_INTERLACE_ADAM7_PASSES; ++pass) {
    const int columns = PNG_PASS_COLS(info.width, pass);
    const int pass_rows = PNG_PASS_ROWS(info.height, pass);
    for (int y = 0; columns > 0 && y < pass_rows; ++y) {
      const uint8_t* row = rows.Next(columns);
      // Until the last pass has begun no row is complete.
      if (row == nullptr) {
        return reader.Failure(pass < 6 ? 0 : 2 * y, info.height);
      }
      sums.Add(PNG_ROW_FROM_PASS_ROW(y, pass), PNG_PASS_START_COL(pass),
               1 << PNG_PASS_COL_SHIFT(pass), columns, row);
    }
  }
  const RowShape reduced = {Reduced(info.width, reduction),
                            Reduced(info.height, reduction), shape.channels};
  RowSink sink(reduced, 1, canvas);
  sums.Finish(sink);
  return absl::OkStatus();
}

}  // namespace sightline::image_internal
