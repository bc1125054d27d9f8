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

// Arguments are checked by encode.cc.
absl::StatusOr<std::string> WriteJpeg(const PixelView& image, int quality);
absl::StatusOr<std::string> WritePng(const PixelView& image, int compression);

}  // namespace sightline::image_internal

#endif  // SIGHTLINE_COMMON_IMAGE_ENCODERS_H_
