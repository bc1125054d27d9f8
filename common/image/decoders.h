// One decoder per format. Internal to common/image.
//
// Every decoder writes the reduced, oriented image to a Canvas or fails with
// the errors of decode.h. `info` is what ReadXxxHeader() said of the same file.
// May throw std::bad_alloc. The Bytes functions are upper bounds of what a
// decoder allocates, the canvas not counted.
#ifndef SIGHTLINE_COMMON_IMAGE_DECODERS_H_
#define SIGHTLINE_COMMON_IMAGE_DECODERS_H_

#include <cstdint>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "common/image/headers.h"
#include "common/image/row_sink.h"
#include "common/image/sniff.h"

namespace sightline::image_internal {

absl::Status DecodeJpeg(absl::string_view file, const ImageInfo& info,
                        int reduction, const Canvas& canvas);
int64_t JpegBytes(const ImageInfo& info, int reduction);

absl::Status DecodePng(absl::string_view file, const ImageInfo& info,
                       int reduction, const Canvas& canvas);
int64_t PngBytes(const ImageInfo& info, int reduction, int canvas_channels);

absl::Status DecodeTiff(absl::string_view file, int page, int reduction,
                        const Canvas& canvas);
int64_t TiffBytes(const ImageInfo& info, int reduction);

absl::Status DecodeWebp(absl::string_view file, int reduction,
                        const Canvas& canvas);
int64_t WebpBytes(const ImageInfo& info, int reduction, int canvas_channels);

absl::Status DecodeBmp(absl::string_view file, int reduction,
                       const Canvas& canvas);
int64_t BmpBytes(const ImageInfo& info, int reduction);

}  // namespace sightline::image_internal

#endif  // SIGHTLINE_COMMON_IMAGE_DECODERS_H_
