// Pixels to image files.
#ifndef SIGHTLINE_COMMON_IMAGE_ENCODE_H_
#define SIGHTLINE_COMMON_IMAGE_ENCODE_H_

#include <string>

#include "absl/status/statusor.h"
#include "common/image/image.h"

namespace sightline {

// Baseline JPEG; gray images give one component, colour ones 4:2:0.
// `quality` 1..100. Errors: InvalidArgument IMAGE_NOT_ENCODABLE (an empty
// image, a side above 65500 pixels, a quality out of range), ResourceExhausted
// IMAGE_OUT_OF_MEMORY. Thread-safe.
absl::StatusOr<std::string> EncodeJpeg(const GrayImage& image, int quality);
absl::StatusOr<std::string> EncodeJpeg(const RgbImage& image, int quality);

// 8-bit PNG. `compression` 0 (none) .. 9 (smallest). Errors as of EncodeJpeg(),
// for an empty image and a compression out of range. Thread-safe.
absl::StatusOr<std::string> EncodePng(const GrayImage& image,
                                      int compression = 6);
absl::StatusOr<std::string> EncodePng(const RgbImage& image,
                                      int compression = 6);

}  // namespace sightline

#endif  // SIGHTLINE_COMMON_IMAGE_ENCODE_H_
