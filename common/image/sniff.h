// What an image file says of itself, read without decoding a pixel.
//
// Limits are checked here, from the header, before anything is allocated: a
// file of 2 KB may declare 60000 x 60000 pixels.
#ifndef SIGHTLINE_COMMON_IMAGE_SNIFF_H_
#define SIGHTLINE_COMMON_IMAGE_SNIFF_H_

#include <cstdint>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace sightline {

enum class FileFormat { kJpeg, kPng, kTiff, kWebp, kBmp };

// "JPEG", "PNG", ...
absl::string_view FileFormatName(FileFormat format);

// What the header declares.
struct ImageInfo {
  FileFormat format = FileFormat::kJpeg;
  // As stored, before `orientation` is applied. Both > 0.
  int width = 0;
  int height = 0;
  // EXIF orientation 1..8; 1 where the file has none.
  int orientation = 1;
  // Dots per inch along and across the stored rows, before `orientation` is
  // applied: of JPEG as JFIF says, or else EXIF, of PNG (pHYs) and TIFF. 0
  // where the file does not say, or says what makes no sense (not
  // within 1..100,000).
  double dots_per_inch_x = 0;
  double dots_per_inch_y = 0;
  // Pages of a TIFF; 1 for the other formats.
  int pages = 1;
  // Samples per pixel as stored (palette images count as 3).
  int channels = 1;
  // True for progressive JPEG, interlaced PNG and lossless WebP: no row is
  // complete before the end of the file, so the decoder must hold the whole
  // image in some form, whatever the scale.
  bool needs_whole_image = false;
  // PNG only: one gray sample of 8 bits a pixel, no palette, no transparency,
  // orientation 1. DecodeGray() gives such samples as they are; for masks, of
  // which every other file would change labels.
  bool has_plain_gray_samples = false;
  // What a decoder holds beside rows and result, at any scale: the
  // coefficients of a progressive JPEG, a strip or a row of tiles of a TIFF.
  // DecodeGrayBytes() and DecodeRgbBytes() count it.
  int64_t held_bytes = 0;

  // Size as a person sees it, orientation applied.
  int oriented_width() const { return orientation >= 5 ? height : width; }
  int oriented_height() const { return orientation >= 5 ? width : height; }
};

// What is accepted.
struct ImageLimits {
  int64_t max_file_bytes = int64_t{64} << 20;
  int max_side_pixels = 20000;
  int64_t max_pixels = int64_t{150} * 1000 * 1000;
};

// Reads the header of page `page` (0-based; only TIFF has more than one).
// Errors (all InvalidArgument unless said): IMAGE_EMPTY, IMAGE_FORMAT_UNKNOWN,
// IMAGE_HEADER_INVALID, IMAGE_PAGE_OUT_OF_RANGE, IMAGE_FEATURE_UNSUPPORTED
// (BigTIFF, animated WebP, run-length BMP, ...: the metadata "feature" names
// it), DataLoss IMAGE_TRUNCATED. Every failure of common/image names the empty
// field path, for PrefixFields(). Allocates nothing on success. Thread-safe.
absl::StatusOr<ImageInfo> SniffImage(absl::string_view file, int page = 0);

// OK if `info` and the file's size are within `limits`, else InvalidArgument
// IMAGE_TOO_LARGE with metadata "demand", "limit" and "unit".
absl::Status CheckLimits(const ImageInfo& info, int64_t file_bytes,
                         const ImageLimits& limits);

}  // namespace sightline

#endif  // SIGHTLINE_COMMON_IMAGE_SNIFF_H_
