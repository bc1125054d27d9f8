#include "common/image/encode.h"

#include <limits>
#include <new>

#include "absl/strings/str_cat.h"
#include "common/image/bilevel.h"
#include "common/image/encoders.h"
#include "common/image/image_error.h"
#include "common/image/resolution.h"
#include "common/status/status_macros.h"

namespace sightline {
namespace {

using image_internal::PackedRowBytes;
using image_internal::PixelView;

absl::Status NotEncodable(absl::string_view message) {
  return Error(absl::StatusCode::kInvalidArgument, kImageNotEncodable)
      .Message(message);
}

template <typename Image>
PixelView ViewOf(const Image& image) {
  return {image.data(), image.width(), image.height(), Image::channels};
}

// What no format can hold.
absl::Status CheckPage(bool is_empty, double dots_per_inch) {
  if (is_empty) return NotEncodable("an image without pixels");
  if (dots_per_inch != 0 && !image_internal::IsDotsPerInch(dots_per_inch)) {
    return NotEncodable(absl::StrCat(
        dots_per_inch, " dots per inch are not within ",
        image_internal::kMinDotsPerInch, "..", image_internal::kMaxDotsPerInch,
        ", nor 0 for an unknown number"));
  }
  return absl::OkStatus();
}

template <typename Image>
absl::StatusOr<std::string> Jpeg(const Image& image, int quality,
                                 double dots_per_inch) {
  // The format has 16-bit sides; libjpeg leaves some of them out.
  constexpr int kMaxSide = 65500;
  SL_RETURN_IF_ERROR(CheckPage(image.empty(), dots_per_inch));
  if (image.width() > kMaxSide || image.height() > kMaxSide) {
    return NotEncodable(absl::StrCat("JPEG images have at most ", kMaxSide,
                                     " pixels a side, this one has ",
                                     image.width(), " x ", image.height()));
  }
  if (quality < 1 || quality > 100) {
    return NotEncodable(
        absl::StrCat("JPEG quality ", quality, " is not within 1..100"));
  }
  return image_internal::WriteJpeg(ViewOf(image), quality, dots_per_inch);
}

template <typename Image>
absl::StatusOr<std::string> Png(const Image& image, bool is_bilevel,
                                int compression, double dots_per_inch) {
  SL_RETURN_IF_ERROR(CheckPage(image.empty(), dots_per_inch));
  if (compression < 0 || compression > 9) {
    return NotEncodable(
        absl::StrCat("PNG compression ", compression, " is not within 0..9"));
  }
  return image_internal::WritePng(ViewOf(image), is_bilevel, compression,
                                  dots_per_inch);
}

}  // namespace

absl::StatusOr<std::string> EncodeJpeg(const GrayImage& image, int quality,
                                       double dots_per_inch) {
  return Jpeg(image, quality, dots_per_inch);
}

absl::StatusOr<std::string> EncodeJpeg(const RgbImage& image, int quality,
                                       double dots_per_inch) {
  return Jpeg(image, quality, dots_per_inch);
}

absl::StatusOr<std::string> EncodePng(const GrayImage& image, int compression,
                                      double dots_per_inch) {
  return Png(image, false, compression, dots_per_inch);
}

absl::StatusOr<std::string> EncodePng(const RgbImage& image, int compression,
                                      double dots_per_inch) {
  return Png(image, false, compression, dots_per_inch);
}

int64_t EncodePngBytes(int width, int height, int channels) {
  return image_internal::WritePngBytes(width, height, 8 * channels);
}

absl::StatusOr<std::string> EncodeBilevelPng(const GrayImage& image,
                                             int compression,
                                             double dots_per_inch) {
  return Png(image, true, compression, dots_per_inch);
}

int64_t EncodeBilevelPngBytes(int width, int height) {
  return image_internal::WritePngBytes(width, height, 1);
}

absl::StatusOr<std::string> EncodeTiffG4(const GrayImage& image,
                                         double dots_per_inch) {
  SL_RETURN_IF_ERROR(CheckPage(image.empty(), dots_per_inch));
  // Places in a TIFF are 32-bit numbers.
  if (image_internal::TiffG4FileBytes(image.width(), image.height()) >
      std::numeric_limits<uint32_t>::max()) {
    return NotEncodable(absl::StrCat("a TIFF of ", image.width(), " x ",
                                     image.height(),
                                     " pixels may exceed 4 GiB"));
  }
  return image_internal::WriteTiffG4(ViewOf(image), dots_per_inch);
}

int64_t EncodeTiffG4Bytes(int width, int height) {
  return image_internal::WriteTiffG4Bytes(width, height);
}

absl::StatusOr<std::string> PackBilevel(const GrayImage& image) {
  SL_RETURN_IF_ERROR(CheckPage(image.empty(), 0));
  const int64_t row_bytes = PackedRowBytes(image.width());
  try {
    std::string rows(static_cast<size_t>(row_bytes * image.height()), '\0');
    auto* out = reinterpret_cast<uint8_t*>(rows.data());
    for (int y = 0; y < image.height(); ++y, out += row_bytes) {
      if (!image_internal::PackBilevelRow(image.row(y), image.width(), out)) {
        return image_internal::NotBilevel(ViewOf(image));
      }
    }
    return rows;
  } catch (const std::bad_alloc&) {
    return image_internal::OutOfMemory("encoding");
  }
}

int64_t PackBilevelBytes(int width, int height) {
  // What a string takes beyond its characters.
  constexpr int64_t kBlock = 64;
  return PackedRowBytes(width) * height + kBlock;
}

}  // namespace sightline
