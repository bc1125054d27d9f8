// Pixels to image files.
//
// `dots_per_inch` is written into the file, along both sides, for whoever needs
// to know the size on paper: 0 says nothing, else 1 to 100,000. JPEG keeps it
// to a whole number, PNG to a whole number of dots per metre.
//
// Pages of black and white alone have formats of their own, a twentieth of the
// size: one bit a pixel, nothing lost. They refuse a page with any other gray,
// InvalidArgument IMAGE_NOT_BILEVEL (metadata "pixels": how many, and "x", "y",
// "value" of the first), because where to cut is not an encoder's decision.
//
// Functions of ...Bytes() are upper bounds of the memory that encoding takes
// beyond the image, result included, for any pixels of that size. The formats
// without loss ask for the longest file there can be in one piece, of which the
// system provides what is written to.
#ifndef SIGHTLINE_COMMON_IMAGE_ENCODE_H_
#define SIGHTLINE_COMMON_IMAGE_ENCODE_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "common/image/image.h"

namespace sightline {

// Baseline JPEG; gray images give one component, colour ones 4:2:0.
// `quality` 1..100. Errors: InvalidArgument IMAGE_NOT_ENCODABLE (an empty
// image, a side above 65500 pixels, a quality or dots per inch out of range),
// ResourceExhausted IMAGE_OUT_OF_MEMORY. Thread-safe.
absl::StatusOr<std::string> EncodeJpeg(const GrayImage& image, int quality,
                                       double dots_per_inch = 0);
absl::StatusOr<std::string> EncodeJpeg(const RgbImage& image, int quality,
                                       double dots_per_inch = 0);

// 8-bit PNG. `compression` 0 (none) .. 9 (smallest). Errors as of EncodeJpeg(),
// for an empty image and numbers out of range. Thread-safe.
absl::StatusOr<std::string> EncodePng(const GrayImage& image,
                                      int compression = 6,
                                      double dots_per_inch = 0);
absl::StatusOr<std::string> EncodePng(const RgbImage& image,
                                      int compression = 6,
                                      double dots_per_inch = 0);
// `channels`: 1 or 3.
int64_t EncodePngBytes(int width, int height, int channels);

// 1-bit gray PNG. Errors: those of EncodePng(), IMAGE_NOT_BILEVEL. Thread-safe.
absl::StatusOr<std::string> EncodeBilevelPng(const GrayImage& image,
                                             int compression = 6,
                                             double dots_per_inch = 0);
int64_t EncodeBilevelPngBytes(int width, int height);

// A TIFF of one page and one strip, CCITT Group 4 (ITU-T T.6), white is zero:
// what fax machines, archives and every reader of TIFF know. Errors:
// InvalidArgument IMAGE_NOT_ENCODABLE (an empty image, one of which the file
// might exceed the 4 GiB of a TIFF, dots per inch out of range),
// IMAGE_NOT_BILEVEL, ResourceExhausted IMAGE_OUT_OF_MEMORY. Thread-safe.
absl::StatusOr<std::string> EncodeTiffG4(const GrayImage& image,
                                         double dots_per_inch);
int64_t EncodeTiffG4Bytes(int width, int height);

// The bits alone: rows of (width + 7) / 8 bytes, top row first, the leftmost
// pixel in the highest bit, 1 for white, 0 behind the last pixel. A bit is the
// highest bit of its pixel, as in a 1-bit gray PNG, so that unpacking is
// multiplying by 255 (the bitmaps of PBM and of TIFF's fax formats have 1 for
// black). Errors: IMAGE_NOT_ENCODABLE (an empty image), IMAGE_NOT_BILEVEL,
// IMAGE_OUT_OF_MEMORY. Thread-safe.
absl::StatusOr<std::string> PackBilevel(const GrayImage& image);
int64_t PackBilevelBytes(int width, int height);

}  // namespace sightline

#endif  // SIGHTLINE_COMMON_IMAGE_ENCODE_H_
