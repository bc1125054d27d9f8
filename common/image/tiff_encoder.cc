#include <tiffio.h>

#include <algorithm>
#include <cstdarg>
#include <cstdio>
#include <cstring>
#include <memory>
#include <new>
#include <utility>
#include <vector>

#include "common/image/bilevel.h"
#include "common/image/encoders.h"
#include "common/image/image_error.h"
#include "common/image/output_file.h"

namespace sightline::image_internal {
namespace {

// libtiff collects this much before it writes; of its own accord it would take
// a whole page.
constexpr int64_t kBufferBytes = 64 << 10;

// What libtiff's callbacks work on. They throw nothing.
struct TiffTarget {
  explicit TiffTarget(int64_t most_bytes) : file(most_bytes) {}

  OutputFile file;
  uint64_t at = 0;
  // The first complaint.
  char message[200] = {};
};

TiffTarget& TargetOf(void* handle) { return *static_cast<TiffTarget*>(handle); }

int OnError(TIFF*, void* user_data, const char*, const char* format,
            va_list arguments) {
  TiffTarget& target = TargetOf(user_data);
  if (target.message[0] == '\0') {
    std::vsnprintf(target.message, sizeof(target.message), format, arguments);
  }
  return 1;
}

int OnWarning(TIFF*, void*, const char*, const char*, va_list) { return 1; }

tmsize_t OnRead(thandle_t handle, void* out, tmsize_t count) {
  TiffTarget& target = TargetOf(handle);
  const uint64_t size = target.file.size();
  const uint64_t bytes =
      std::min(static_cast<uint64_t>(count), size - std::min(target.at, size));
  std::memcpy(out, target.file.data() + std::min(target.at, size), bytes);
  target.at += bytes;
  return static_cast<tmsize_t>(bytes);
}

tmsize_t OnWrite(thandle_t handle, void* bytes, tmsize_t count) {
  TiffTarget& target = TargetOf(handle);
  if (!target.file.Put(target.at, bytes, static_cast<size_t>(count))) return 0;
  target.at += static_cast<uint64_t>(count);
  return count;
}

toff_t OnSeek(thandle_t handle, toff_t offset, int whence) {
  TiffTarget& target = TargetOf(handle);
  const uint64_t base = whence == SEEK_SET   ? 0
                        : whence == SEEK_CUR ? target.at
                                             : target.file.size();
  return target.at = base + offset;
}

int OnClose(thandle_t) { return 0; }
toff_t OnSize(thandle_t handle) { return TargetOf(handle).file.size(); }

struct TiffCloser {
  void operator()(TIFF* tiff) const { TIFFClose(tiff); }
};
using TiffHandle = std::unique_ptr<TIFF, TiffCloser>;

TiffHandle Open(TiffTarget& target) {
  TIFFOpenOptions* options = TIFFOpenOptionsAlloc();
  if (options == nullptr) return nullptr;
  TIFFOpenOptionsSetErrorHandlerExtR(options, OnError, &target);
  TIFFOpenOptionsSetWarningHandlerExtR(options, OnWarning, &target);
  // w: write; l: the same bytes on any machine; m: not mapped.
  TiffHandle tiff(TIFFClientOpenExt("", "wlm", &target, OnRead, OnWrite, OnSeek,
                                    OnClose, OnSize, nullptr, nullptr,
                                    options));
  TIFFOpenOptionsFree(options);
  return tiff;
}

bool SetTags(TIFF* tiff, const PixelView& image, double dots_per_inch) {
  // Without a unit, 1 to 1 says that pixels are square.
  const bool is_known = dots_per_inch > 0;
  const double resolution = is_known ? dots_per_inch : 1;
  const int unit = is_known ? RESUNIT_INCH : RESUNIT_NONE;
  return TIFFSetField(tiff, TIFFTAG_IMAGEWIDTH, image.width) == 1 &&
         TIFFSetField(tiff, TIFFTAG_IMAGELENGTH, image.height) == 1 &&
         TIFFSetField(tiff, TIFFTAG_BITSPERSAMPLE, 1) == 1 &&
         TIFFSetField(tiff, TIFFTAG_SAMPLESPERPIXEL, 1) == 1 &&
         TIFFSetField(tiff, TIFFTAG_COMPRESSION, COMPRESSION_CCITTFAX4) == 1 &&
         TIFFSetField(tiff, TIFFTAG_PHOTOMETRIC, PHOTOMETRIC_MINISWHITE) == 1 &&
         TIFFSetField(tiff, TIFFTAG_ORIENTATION, ORIENTATION_TOPLEFT) == 1 &&
         TIFFSetField(tiff, TIFFTAG_PLANARCONFIG, PLANARCONFIG_CONTIG) == 1 &&
         // One strip: what readers of faxes expect.
         TIFFSetField(tiff, TIFFTAG_ROWSPERSTRIP, image.height) == 1 &&
         TIFFSetField(tiff, TIFFTAG_XRESOLUTION, resolution) == 1 &&
         TIFFSetField(tiff, TIFFTAG_YRESOLUTION, resolution) == 1 &&
         TIFFSetField(tiff, TIFFTAG_RESOLUTIONUNIT, unit) == 1 &&
         TIFFWriteBufferSetup(tiff, nullptr, kBufferBytes) == 1;
}

// 0 is white in the file and 1 in a packed row; what is behind the last pixel
// stays 0.
void Invert(std::vector<uint8_t>& row, int width) {
  for (uint8_t& eight : row) eight = static_cast<uint8_t>(~eight);
  if (width % 8 != 0) {
    row.back() = static_cast<uint8_t>(row.back() & (0xFF00 >> (width % 8)));
  }
}

absl::Status Failure(const TiffTarget& target) {
  // "Out of memory", "Failed to allocate memory for ...", "No space for ...".
  if (std::strstr(target.message, "emory") != nullptr ||
      std::strstr(target.message, "No space") != nullptr) {
    return OutOfMemory("encoding");
  }
  return absl::InternalError(absl::StrCat("libtiff: ", target.message));
}

absl::Status WriteRows(TIFF* tiff, const PixelView& image,
                       const TiffTarget& target) {
  std::vector<uint8_t> row(static_cast<size_t>(PackedRowBytes(image.width)));
  for (int y = 0; y < image.height; ++y) {
    if (!PackBilevelRow(image.row(y), image.width, row.data())) {
      return NotBilevel(image);
    }
    Invert(row, image.width);
    if (TIFFWriteScanline(tiff, row.data(), static_cast<uint32_t>(y), 0) != 1) {
      return Failure(target);
    }
  }
  return absl::OkStatus();
}

}  // namespace

int64_t TiffG4FileBytes(int64_t width, int64_t height) {
  // ITU-T T.6: a change of colour in vertical mode takes 7 bits at most and is
  // a pixel or more from the one before; passing over two changes takes 4 bits;
  // the two runs of horizontal mode take 6 bits a pixel at most (one white, one
  // black: 3 + 6 + 3), and up to 10 more where one is empty, at a row's ends.
  const int64_t row_bits = 7 * width + 40;
  // Header, directory, resolutions, end of block.
  constexpr int64_t kFrame = 1024;
  return (row_bits * height + 7) / 8 + kFrame;
}

int64_t WriteTiffG4Bytes(int64_t width, int64_t height) {
  // libtiff's structures and lists of fields.
  constexpr int64_t kFixed = 64 << 10;
  // Four run lengths of 4 bytes a pixel, two packed rows.
  return kFixed + kBufferBytes + (width + 64) * 17 +
         OutputFile::Bytes(TiffG4FileBytes(width, height));
}

absl::StatusOr<std::string> WriteTiffG4(const PixelView& image,
                                        double dots_per_inch) {
  try {
    TiffTarget target(TiffG4FileBytes(image.width, image.height));
    TiffHandle tiff = Open(target);
    if (tiff == nullptr) return Failure(target);
    if (!SetTags(tiff.get(), image, dots_per_inch)) return Failure(target);
    const absl::Status status = WriteRows(tiff.get(), image, target);
    if (!status.ok()) return status;
    // Closing would write what is left as well, and not say if it failed.
    if (TIFFWriteDirectory(tiff.get()) != 1) return Failure(target);
    tiff.reset();
    if (target.message[0] != '\0') return Failure(target);
    return std::move(target.file).Take();
  } catch (const std::bad_alloc&) {
    return OutOfMemory("encoding");
  }
}

}  // namespace sightline::image_internal
