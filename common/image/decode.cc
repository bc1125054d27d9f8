#include "common/image/decode.h"

#include <algorithm>
#include <new>
#include <utility>

#include "common/image/decoders.h"
#include "common/image/image_error.h"
#include "common/status/status_macros.h"

namespace sightline {
namespace {

using image_internal::Canvas;
using image_internal::Reduced;

absl::Status DecodeInto(absl::string_view file, const ImageInfo& info, int page,
                        int reduction, const Canvas& canvas) {
  switch (info.format) {
    case FileFormat::kJpeg:
      return image_internal::DecodeJpeg(file, info, reduction, canvas);
    case FileFormat::kPng:
      return image_internal::DecodePng(file, info, reduction, canvas);
    case FileFormat::kTiff:
      return image_internal::DecodeTiff(file, page, reduction, canvas);
    case FileFormat::kWebp:
      return image_internal::DecodeWebp(file, reduction, canvas);
    case FileFormat::kBmp:
      return image_internal::DecodeBmp(file, reduction, canvas);
  }
  return absl::InternalError("unknown image format");
}

template <typename Image>
absl::StatusOr<Decoded<Image>> Decode(absl::string_view file,
                                      const DecodeOptions& options) {
  SL_ASSIGN_OR_RETURN(const ImageInfo info, SniffImage(file, options.page));
  SL_RETURN_IF_ERROR(
      CheckLimits(info, static_cast<int64_t>(file.size()), options.limits));
  try {
    Decoded<Image> decoded;
    decoded.info = info;
    decoded.reduction = ReductionFor(info, options.min_long_side);
    decoded.pixels = Image(Reduced(info.oriented_width(), decoded.reduction),
                           Reduced(info.oriented_height(), decoded.reduction));
    const Canvas canvas = {decoded.pixels.data(), Image::channels,
                           info.orientation};
    SL_RETURN_IF_ERROR(
        DecodeInto(file, info, options.page, decoded.reduction, canvas));
    return decoded;
  } catch (const std::bad_alloc&) {
    return image_internal::OutOfMemory("decoding");
  }
}

int64_t DecodeBytes(const ImageInfo& info, const DecodeOptions& options,
                    int channels) {
  const int reduction = ReductionFor(info, options.min_long_side);
  const int64_t result = int64_t{Reduced(info.width, reduction)} *
                         Reduced(info.height, reduction) * channels;
  switch (info.format) {
    case FileFormat::kJpeg:
      return result + image_internal::JpegBytes(info, reduction);
    case FileFormat::kPng:
      return result + image_internal::PngBytes(info, reduction, channels);
    case FileFormat::kTiff:
      return result + image_internal::TiffBytes(info, reduction);
    case FileFormat::kWebp:
      return result + image_internal::WebpBytes(info, reduction, channels);
    case FileFormat::kBmp:
      return result + image_internal::BmpBytes(info, reduction);
  }
  return result;
}

}  // namespace

int ReductionFor(const ImageInfo& info, int min_long_side) {
  if (min_long_side <= 0) return 1;
  const int long_side = std::max(info.width, info.height);
  for (const int reduction : {8, 4, 2}) {
    if (Reduced(long_side, reduction) >= min_long_side) return reduction;
  }
  return 1;
}

int64_t DecodeGrayBytes(const ImageInfo& info, const DecodeOptions& options) {
  return DecodeBytes(info, options, 1);
}

int64_t DecodeRgbBytes(const ImageInfo& info, const DecodeOptions& options) {
  return DecodeBytes(info, options, 3);
}

absl::StatusOr<Decoded<GrayImage>> DecodeGray(absl::string_view file,
                                              const DecodeOptions& options) {
  return Decode<GrayImage>(file, options);
}

absl::StatusOr<Decoded<RgbImage>> DecodeRgb(absl::string_view file,
                                            const DecodeOptions& options) {
  return Decode<RgbImage>(file, options);
}

}  // namespace sightline
