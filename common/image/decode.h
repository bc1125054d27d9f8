// Image files to pixels, in bounded memory.
//
// JPEG is decoded to gray and reduced straight in the DCT domain; PNG, TIFF and
// BMP are reduced row by row while reading, and turned as EXIF wants it while
// writing: the full image never exists in memory when a smaller one will do.
// Reduction is by 1, 2, 4 or 8 exactly, so that
//   reduced coordinate = full coordinate / reduction   (corner-based).
// This holds for the oriented image: its top left corner is where the blocks
// begin, its last column or row of blocks averages what there is of it.
//
// Damage is never papered over: a file of which pixels are missing or made up
// is refused, also where its library would go on with a warning.
#ifndef SIGHTLINE_COMMON_IMAGE_DECODE_H_
#define SIGHTLINE_COMMON_IMAGE_DECODE_H_

#include <cstdint>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/image/image.h"
#include "common/image/sniff.h"

namespace sightline {

struct DecodeOptions {
  // The image is reduced as far as its longer side stays at least this long.
  // 0: not reduced.
  int min_long_side = 0;
  // 0-based page of a multi-page TIFF.
  int page = 0;
  ImageLimits limits;
};

// A decoded image, EXIF orientation applied.
template <typename Image>
struct Decoded {
  Image pixels;
  // What the file said.
  ImageInfo info;
  // 1, 2, 4 or 8: full-resolution pixels per pixel, both ways.
  int reduction = 1;
};

// The reduction that DecodeGray() and DecodeRgb() will choose: the largest of
// 1, 2, 4, 8 that leaves the longer side, a part of a block counted as a pixel,
// at least `min_long_side`.
int ReductionFor(const ImageInfo& info, int min_long_side);

// Upper bound of the memory that decoding needs, in bytes: result, decoder
// state and orientation buffer included, the file's own bytes not. Holds for
// any file with this header, also a damaged one.
int64_t DecodeGrayBytes(const ImageInfo& info, const DecodeOptions& options);
int64_t DecodeRgbBytes(const ImageInfo& info, const DecodeOptions& options);

// Decodes to gray (Rec. 601 luma; transparent pixels over white; 16-bit
// samples to their high byte; 1-bit and palette images included).
// Errors: those of SniffImage and CheckLimits; DataLoss IMAGE_TRUNCATED (the
// pixels end early; metadata "rows" says how many of the stored "height" rows
// came, unless the header itself is cut); InvalidArgument
// IMAGE_CORRUPT (the decoder refuses the data); InvalidArgument
// IMAGE_FEATURE_UNSUPPORTED (a variant of the format that is not read, named
// in the metadata "feature"); ResourceExhausted IMAGE_OUT_OF_MEMORY. Throws
// nothing. Thread-safe.
absl::StatusOr<Decoded<GrayImage>> DecodeGray(absl::string_view file,
                                              const DecodeOptions& options);

// The same in colour; gray files give equal channels.
absl::StatusOr<Decoded<RgbImage>> DecodeRgb(absl::string_view file,
                                            const DecodeOptions& options);

}  // namespace sightline

#endif  // SIGHTLINE_COMMON_IMAGE_DECODE_H_
