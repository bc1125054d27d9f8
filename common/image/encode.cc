#include "common/image/encode.h"

#include "absl/strings/str_cat.h"
#include "common/image/encoders.h"
#include "common/image/image_error.h"

namespace sightline {
namespace {

using image_internal::PixelView;

absl::Status NotEncodable(absl::string_view message) {
  return Error(absl::StatusCode::kInvalidArgument, kImageNotEncodable)
      .Message(message);
}

template <typename Image>
absl::StatusOr<std::string> Jpeg(const Image& image, int quality) {
  // The format has 16-bit sides; libjpeg leaves some of them out.
  constexpr int kMaxSide = 65500;
  if (image.empty()) return NotEncodable("an image without pixels");
  if (image.width() > kMaxSide || image.height() > kMaxSide) {
    return NotEncodable(absl::StrCat("JPEG images have at most ", kMaxSide,
                                     " pixels a side, this one has ",
                                     image.width(), " x ", image.height()));
  }
  if (quality < 1 || quality > 100) {
    return NotEncodable(
        absl::StrCat("JPEG quality ", quality, " is not within 1..100"));
  }
  return image_internal::WriteJpeg(
      PixelView{image.data(), image.width(), image.height(), Image::channels},
      quality);
}

template <typename Image>
absl::StatusOr<std::string> Png(const Image& image, int compression) {
  if (image.empty()) return NotEncodable("an image without pixels");
  if (compression < 0 || compression > 9) {
    return NotEncodable(
        absl::StrCat("PNG compression ", compression, " is not within 0..9"));
  }
  return image_internal::WritePng(
      PixelView{image.data(), image.width(), image.height(), Image::channels},
      compression);
}

}  // namespace

absl::StatusOr<std::string> EncodeJpeg(const GrayImage& image, int quality) {
  return Jpeg(image, quality);
}

absl::StatusOr<std::string> EncodeJpeg(const RgbImage& image, int quality) {
  return Jpeg(image, quality);
}

absl::StatusOr<std::string> EncodePng(const GrayImage& image, int compression) {
  return Png(image, compression);
}

absl::StatusOr<std::string> EncodePng(const RgbImage& image, int compression) {
  return Png(image, compression);
}

}  // namespace sightline
