#include <algorithm>
#include <csetjmp>
#include <cstdio>
#include <string>
#include <vector>

// libjpeg needs <cstdio> before it.
#include <jpeglib.h>
// Message codes, after jpeglib.h.
#include <jerror.h>

#include "common/image/decoders.h"
#include "common/image/image_error.h"

namespace sightline::image_internal {
namespace {

// Encoders write about ten scans. Each scan goes over the whole image, so
// thousands of empty ones would keep a core busy for minutes.
constexpr int kMaxScans = 100;

// How decoding ended.
enum class Outcome {
  kGoing,
  kTruncated,
  kCorrupt,
  kUnsupported,
  kTooManyScans,
  kOutOfMemory,
};

// libjpeg reports by callbacks and leaves by longjmp(). Nothing with a
// destructor lives in a function between Guarded() and libjpeg.
struct JpegState {
  jpeg_decompress_struct decompress;
  jpeg_error_mgr errors;
  jpeg_source_mgr source;
  jpeg_progress_mgr progress;
  std::jmp_buf jump;
  Outcome outcome;
  // The file's bytes are used up.
  bool reached_end;
  // Components that a scan has begun with, one bit each.
  uint32_t seen_components;
  char message[JMSG_LENGTH_MAX];
};

JpegState& StateOf(j_common_ptr common) {
  return *static_cast<JpegState*>(common->client_data);
}

[[noreturn]] void Leave(JpegState& state, Outcome outcome) {
  state.outcome = outcome;
  std::longjmp(state.jump, 1);
}

void OnError(j_common_ptr common) {
  JpegState& state = StateOf(common);
  (*common->err->format_message)(common, state.message);
  switch (common->err->msg_code) {
    case JERR_OUT_OF_MEMORY:
    // The memory limit is hit: libjpeg would continue in a file.
    case JERR_NO_BACKING_STORE:
    case JERR_TFILE_CREATE:
      Leave(state, Outcome::kOutOfMemory);
    case JERR_BAD_PRECISION:
    case JERR_SOF_UNSUPPORTED:
#if JPEG_LIB_VERSION < 70
    case JERR_ARITH_NOTIMPL:  // Ubuntu's libjpeg-turbo has the newer codes.
#endif
    case JERR_NOT_COMPILED:
    case JERR_CONVERSION_NOTIMPL:
    case JERR_CCIR601_NOTIMPL:
    case JERR_FRACT_SAMPLE_NOTIMPL:
      Leave(state, Outcome::kUnsupported);
    default:
      Leave(state, state.reached_end ? Outcome::kTruncated : Outcome::kCorrupt);
  }
}

// libjpeg goes on after damage and fills in gray. A sheet that is half gray
// must not be graded, so that damage ends the decoding here.
void OnMessage(j_common_ptr common, int level) {
  if (level >= 0) return;  // A trace, not a warning.
  JpegState& state = StateOf(common);
  switch (common->err->msg_code) {
    case JWRN_HIT_MARKER:
    case JWRN_JPEG_EOF: {
      (*common->err->format_message)(common, state.message);
      const int marker = state.decompress.unread_marker;
      const bool is_end = state.reached_end || marker == JPEG_EOI;
      Leave(state, is_end ? Outcome::kTruncated : Outcome::kCorrupt);
    }
    case JWRN_HUFF_BAD_CODE:
    case JWRN_ARITH_BAD_CODE:
    case JWRN_MUST_RESYNC:
      (*common->err->format_message)(common, state.message);
      Leave(state, Outcome::kCorrupt);
    default:
      // Odd versions, stray bytes between segments: no pixel suffers.
      return;
  }
}

void OnOutput(j_common_ptr) {}

void OnProgress(j_common_ptr common) {
  JpegState& state = StateOf(common);
  const jpeg_decompress_struct& d = state.decompress;
  if (d.input_scan_number > kMaxScans) Leave(state, Outcome::kTooManyScans);
  for (int i = 0; i < d.comps_in_scan && i < MAX_COMPS_IN_SCAN; ++i) {
    if (d.cur_comp_info[i] != nullptr) {
      state.seen_components |= 1u << d.cur_comp_info[i]->component_index;
    }
  }
}

void OnSourceStart(j_decompress_ptr) {}
void OnSourceEnd(j_decompress_ptr) {}

// An end-of-image marker stands in for what is missing: libjpeg looks ahead,
// and many whole files lack only that marker. If pixels are missing too,
// JWRN_HIT_MARKER follows.
boolean OnSourceEmpty(j_decompress_ptr d) {
  static const JOCTET kEnd[] = {0xFF, JPEG_EOI};
  StateOf(reinterpret_cast<j_common_ptr>(d)).reached_end = true;
  d->src->next_input_byte = kEnd;
  d->src->bytes_in_buffer = sizeof(kEnd);
  return TRUE;
}

void OnSourceSkip(j_decompress_ptr d, long count) {
  if (count <= 0) return;
  if (static_cast<size_t>(count) > d->src->bytes_in_buffer) {
    OnSourceEmpty(d);
    return;
  }
  d->src->next_input_byte += count;
  d->src->bytes_in_buffer -= static_cast<size_t>(count);
}

// Runs `step`; false if libjpeg gave up in it.
template <typename Step>
bool Guarded(JpegState& state, const Step& step) {
  if (setjmp(state.jump) != 0) return false;
  step(state.decompress);
  return true;
}

// Opens and closes libjpeg.
class JpegReader {
 public:
  JpegReader(absl::string_view file, int64_t memory_limit) {
    state_ = {};
    jpeg_decompress_struct& d = state_.decompress;
    d.err = jpeg_std_error(&state_.errors);
    d.client_data = &state_;
    state_.errors.error_exit = OnError;
    state_.errors.emit_message = OnMessage;
    state_.errors.output_message = OnOutput;
    state_.source.next_input_byte =
        reinterpret_cast<const JOCTET*>(file.data());
    state_.source.bytes_in_buffer = file.size();
    state_.source.init_source = OnSourceStart;
    state_.source.fill_input_buffer = OnSourceEmpty;
    state_.source.skip_input_data = OnSourceSkip;
    state_.source.resync_to_restart = jpeg_resync_to_restart;
    state_.source.term_source = OnSourceEnd;
    state_.progress.progress_monitor = OnProgress;
    if (!Guarded(state_, [](jpeg_decompress_struct& decompress) {
          jpeg_create_decompress(&decompress);
        })) {
      return;
    }
    d.src = &state_.source;
    d.progress = &state_.progress;
    d.mem->max_memory_to_use = static_cast<long>(memory_limit);
  }
  ~JpegReader() { jpeg_destroy_decompress(&state_.decompress); }
  JpegReader(const JpegReader&) = delete;
  JpegReader& operator=(const JpegReader&) = delete;

  JpegState& state() { return state_; }
  const jpeg_decompress_struct& decompress() const { return state_.decompress; }
  bool ok() const { return state_.outcome == Outcome::kGoing; }

  absl::Status Failure(int rows, int height) const {
    switch (state_.outcome) {
      case Outcome::kTruncated:
        return PixelsTruncated("JPEG", rows, height);
      case Outcome::kUnsupported:
        return FeatureUnsupported(
            absl::StrCat("this kind of JPEG (", state_.message, ")"));
      case Outcome::kTooManyScans:
        return FeatureUnsupported(
            absl::StrCat("JPEG of more than ", kMaxScans, " scans"));
      case Outcome::kOutOfMemory:
        return OutOfMemory("decoding");
      case Outcome::kCorrupt:
      case Outcome::kGoing:
        break;
    }
    return Corrupt("JPEG", state_.message);
  }

 private:
  JpegState state_;
};

// Chooses output colours; the number of samples a row has then.
int ChooseColours(jpeg_decompress_struct& d, int canvas_channels) {
  switch (d.jpeg_color_space) {
    case JCS_CMYK:
    case JCS_YCCK:
      d.out_color_space = JCS_CMYK;
      return 4;
    case JCS_GRAYSCALE:
      d.out_color_space = JCS_GRAYSCALE;
      return 1;
    default:
      d.out_color_space = canvas_channels == 1 ? JCS_GRAYSCALE : JCS_RGB;
      return canvas_channels;
  }
}

// Photoshop, and with it everybody, stores the complement of the ink.
void CmykToRgb(const uint8_t* in, int width, bool is_complement, uint8_t* out) {
  const uint32_t flip = is_complement ? 0 : 255;
  for (int x = 0; x < width; ++x) {
    const uint32_t key = in[4 * x + 3] ^ flip;
    for (int c = 0; c < 3; ++c) {
      out[3 * x + c] =
          static_cast<uint8_t>(((in[4 * x + c] ^ flip) * key + 127) / 255);
    }
  }
}

// Rows at full resolution that were there when the data ended while all scans
// were taken in.
int RowsOfFirstScan(const jpeg_decompress_struct& d) {
  if (d.input_scan_number > 1) return static_cast<int>(d.image_height);
  const int64_t rows = int64_t{d.input_iMCU_row} * d.max_v_samp_factor * 8;
  return static_cast<int>(std::min<int64_t>(rows, d.image_height));
}

// Whether everything came that a file of several scans must have. A file that
// was cut where a scan ends looks whole to libjpeg.
bool AllScansCame(const JpegState& state) {
  const jpeg_decompress_struct& d = state.decompress;
  if (state.seen_components != (1u << d.num_components) - 1) return false;
  if (!state.reached_end || d.coef_bits == nullptr) return true;
  // The end marker is missing: every coefficient must have had its last bit.
  for (int c = 0; c < d.num_components; ++c) {
    for (int k = 0; k < DCTSIZE2; ++k) {
      if (d.coef_bits[c][k] != 0) return false;
    }
  }
  return true;
}

// What libjpeg reduces by while decoding. Its blocks begin at the stored
// image's corner; where they must begin elsewhere, rows are averaged instead,
// for 1 to 2 ms more on an A4 page.
int ReductionInDecoder(const ImageInfo& info, int reduction) {
  const Padding padding =
      PaddingFor(info.width, info.height, reduction, info.orientation);
  return padding.columns == 0 && padding.rows == 0 ? reduction : 1;
}

}  // namespace

int64_t JpegBytes(const ImageInfo& info, int reduction) {
  // Tables, pools and state of libjpeg: 90 KB measured for a colour file.
  constexpr int64_t kFixed = 192 << 10;
  // Rows of every component in up to four blocks of eight, before and after
  // upsampling, and a row of ours.
  const int64_t width =
      Reduced(info.width, ReductionInDecoder(info, reduction)) + 64;
  return kFixed + info.held_bytes + width * info.channels * (32 + 8) * 2 +
         RowSink::Bytes(width, reduction, info.orientation);
}

absl::Status DecodeJpeg(absl::string_view file, const ImageInfo& info,
                        int reduction, const Canvas& canvas) {
  JpegReader reader(file, JpegBytes(info, reduction));
  JpegState& state = reader.state();
  if (!reader.ok()) return reader.Failure(0, info.height);
  int samples = 0;
  const int scale = ReductionInDecoder(info, reduction);
  const bool has_header = Guarded(state, [&](jpeg_decompress_struct& d) {
    jpeg_read_header(&d, TRUE);
    samples = ChooseColours(d, canvas.channels);
    d.scale_num = 1;
    d.scale_denom = static_cast<unsigned>(scale);
    d.dct_method = JDCT_ISLOW;
    // Smoother chroma would cost time and, between rows, memory.
    d.do_fancy_upsampling = FALSE;
    d.do_block_smoothing = FALSE;
  });
  if (!has_header) return reader.Failure(0, info.height);
  const jpeg_decompress_struct& d = reader.decompress();
  if (static_cast<int>(d.image_width) != info.width ||
      static_cast<int>(d.image_height) != info.height ||
      d.num_components != info.channels) {
    return HeaderInvalid("the JPEG file has two headers that disagree");
  }
  if (!Guarded(state, [](jpeg_decompress_struct& decompress) {
        jpeg_start_decompress(&decompress);
      })) {
    return reader.Failure(RowsOfFirstScan(d), info.height);
  }
  if (info.needs_whole_image && !AllScansCame(state)) {
    state.outcome = Outcome::kTruncated;
    return reader.Failure(info.height, info.height);
  }
  RowShape shape;
  shape.width = static_cast<int>(d.output_width);
  shape.height = static_cast<int>(d.output_height);
  shape.channels = samples == 1 ? 1 : 3;
  if (shape.width != Reduced(info.width, scale) ||
      shape.height != Reduced(info.height, scale)) {
    return absl::InternalError("libjpeg scales to an unexpected size");
  }
  RowSink sink(shape, reduction / scale, canvas);
  std::vector<uint8_t> row(static_cast<size_t>(shape.width) * samples);
  std::vector<uint8_t> rgb(samples == 4 ? row.size() : 0);
  JSAMPROW rows[] = {row.data()};
  while (!sink.is_complete()) {
    const bool came = Guarded(state, [&](jpeg_decompress_struct& decompress) {
      jpeg_read_scanlines(&decompress, rows, 1);
    });
    if (!came) {
      return reader.Failure(std::min(sink.rows() * scale, info.height),
                            info.height);
    }
    if (samples == 4) {
      CmykToRgb(row.data(), shape.width, d.saw_Adobe_marker != FALSE,
                rgb.data());
    }
    sink.AddRow(samples == 4 ? rgb.data() : row.data());
  }
  return absl::OkStatus();
}

}  // namespace sightline::image_internal
