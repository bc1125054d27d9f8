// One encoder per format. Internal to common/image.
#ifndef SIGHTLINE_COMMON_IMAGE_ENCODERS_H_
#define SIGHTLINE_COMMON_IMAGE_ENCODERS_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"

namespace sightline::image_internal {

// Rows of 8-bit samples without padding, 1 or 3 a pixel. Not owned.
struct PixelView {
  const uint8_t* pixels = nullptr;
  int width = 0;
  int height = 0;
  int channels = 1;

  const uint8_t* row(int y) const {
    return pixels + int64_t{y} * width * channels;
  }
};

// Arguments are checked by encode.cc; 0 dots per inch are not written. The
// FileBytes functions are upper bounds of a file, the Bytes functions of what
// an encoder allocates, the file included.
absl::StatusOr<std::string> WriteJpeg(const PixelView& image, int quality,
                                      double dots_per_inch);

// `is_bilevel`: one bit a pixel, for gray images. Errors: NotBilevel().
absl::StatusOr<std::string> WritePng(const PixelView& image, bool is_bilevel,
                                     int compression, double dots_per_inch);
int64_t PngFileBytes(int64_t width, int64_t height, int bits_per_pixel);
int64_t WritePngBytes(int64_t width, int64_t height, int bits_per_pixel);

// For gray images. Errors: NotBilevel().
absl::StatusOr<std::string> WriteTiffG4(const PixelView& image,
                                        double dots_per_inch);
int64_t TiffG4FileBytes(int64_t width, int64_t height);
int64_t WriteTiffG4Bytes(int64_t width, int64_t height);

}  // namespace sightline::image_internal

#endif  // SIGHTLINE_COMMON_IMAGE_ENCODERS_H_
