#include "common/image_message/image_message.h"

#include <cstring>
#include <string>

#include "absl/strings/str_cat.h"
#include "common/image/encode.h"
#include "common/image/luma.h"
#include "common/image/reasons.h"
#include "common/image_message/reasons.h"
#include "common/status/error.h"
#include "common/status/status_macros.h"

namespace sightline {
namespace {

constexpr int kDefaultJpegQuality = 85;

DecodeOptions OptionsFor(const ImageSource& image, int min_long_side,
                         const ImageLimits& limits) {
  DecodeOptions options;
  options.min_long_side = min_long_side;
  options.page = image.page;
  options.limits = limits;
  return options;
}

// `pixels`: GrayPixels or RgbPixels, `name` its field.
template <typename Pixels>
absl::StatusOr<ImageInfo> InspectPixels(const Pixels& pixels, int channels,
                                        absl::string_view name,
                                        const ImageLimits& limits) {
  if (pixels.width() < 1 || pixels.height() < 1) {
    return Error(absl::StatusCode::kInvalidArgument, kImageSizeMismatch)
        .Field(name, absl::StrCat("the sides are ", pixels.width(), " x ",
                                  pixels.height(), " pixels"));
  }
  ImageInfo info;
  info.width = pixels.width();
  info.height = pixels.height();
  info.channels = channels;
  // There is no file; the message's size was held to its own limit.
  SL_RETURN_IF_ERROR(
      PrefixFields(CheckLimits(info, /*file_bytes=*/0, limits), name));
  const int64_t expected = int64_t{pixels.width()} * pixels.height() * channels;
  if (static_cast<int64_t>(pixels.data().size()) != expected) {
    return Error(absl::StatusCode::kInvalidArgument, kImageSizeMismatch)
        .Field(absl::StrCat(name, ".data"),
               absl::StrCat("has ", pixels.data().size(), " bytes, ",
                            pixels.width(), " x ", pixels.height(), " needs ",
                            expected));
  }
  return info;
}

absl::StatusOr<ImageInfo> InspectRaw(const ImageSource& image,
                                     const ImageLimits& limits) {
  return image.gray != nullptr ? InspectPixels(*image.gray, 1, "gray", limits)
                               : InspectPixels(*image.rgb, 3, "rgb", limits);
}

// Raw pixels as an Image of as many channels as they have.
template <typename Image>
Decoded<Image> CopyPixels(const std::string& data, const ImageInfo& info) {
  Decoded<Image> decoded;
  decoded.info = info;
  decoded.pixels = Image(info.width, info.height);
  std::memcpy(decoded.pixels.data(), data.data(), data.size());
  return decoded;
}

// The place in the request of the file's bytes.
std::string FilePath(const ImageSource& image, absl::string_view path) {
  return image.member.empty() ? std::string(path)
                              : absl::StrCat(path, ".", image.member);
}

template <typename Image>
absl::StatusOr<common::v1::EncodedImage> Encode(
    const Image& image, const common::v1::ImageOutput& output) {
  common::v1::EncodedImage out;
  out.set_width(image.width());
  out.set_height(image.height());
  if (output.format() == common::v1::IMAGE_FORMAT_PNG) {
    SL_ASSIGN_OR_RETURN(*out.mutable_content(), EncodePng(image));
    out.set_format(common::v1::IMAGE_FORMAT_PNG);
    return out;
  }
  const int quality =
      output.quality() == 0 ? kDefaultJpegQuality : output.quality();
  SL_ASSIGN_OR_RETURN(*out.mutable_content(), EncodeJpeg(image, quality));
  out.set_format(common::v1::IMAGE_FORMAT_JPEG);
  return out;
}

}  // namespace

ImageSource ImageSource::Of(const common::v1::Image& image) {
  ImageSource source;
  source.page = image.page();
  if (image.has_gray()) {
    source.gray = &image.gray();
  } else if (image.has_rgb()) {
    source.rgb = &image.rgb();
  } else {
    source.encoded = image.encoded();
  }
  return source;
}

absl::StatusOr<ImageHeader> InspectImage(const ImageSource& image,
                                         absl::string_view path,
                                         int min_long_side,
                                         const ImageLimits& limits) {
  ImageHeader header;
  if (image.is_raw()) {
    absl::StatusOr<ImageInfo> info = InspectRaw(image, limits);
    if (!info.ok()) return PrefixFields(info.status(), path);
    header.info = *info;
    header.is_raw = true;
    header.decode_bytes = int64_t{info->width} * info->height;
    header.decode_rgb_bytes = 3 * header.decode_bytes;
    return header;
  }
  const std::string file_path = FilePath(image, path);
  if (image.encoded.empty()) {
    return Error(absl::StatusCode::kInvalidArgument, kImageEmpty)
        .Field(file_path, "is empty: send the bytes of an image file");
  }
  absl::StatusOr<ImageInfo> info = SniffImage(image.encoded, image.page);
  if (!info.ok()) return PrefixFields(info.status(), file_path);
  SL_RETURN_IF_ERROR(PrefixFields(
      CheckLimits(*info, static_cast<int64_t>(image.encoded.size()), limits),
      file_path));
  header.info = *info;
  header.decode_bytes =
      DecodeGrayBytes(*info, OptionsFor(image, min_long_side, limits));
  header.decode_rgb_bytes = DecodeRgbBytes(*info, OptionsFor(image, 0, limits));
  return header;
}

absl::StatusOr<Decoded<GrayImage>> DecodeGrayMessage(
    const ImageSource& image, absl::string_view path, int min_long_side,
    const ImageLimits& limits) {
  if (image.is_raw()) {
    SL_ASSIGN_OR_RETURN(const ImageInfo info, InspectRaw(image, limits));
    if (image.gray != nullptr) {
      return CopyPixels<GrayImage>(image.gray->data(), info);
    }
    Decoded<GrayImage> decoded;
    decoded.info = info;
    decoded.pixels = GrayImage(info.width, info.height);
    const auto* rgb =
        reinterpret_cast<const uint8_t*>(image.rgb->data().data());
    for (int64_t i = 0; i < decoded.pixels.size_bytes(); ++i, rgb += 3) {
      decoded.pixels.data()[i] = Luma(rgb[0], rgb[1], rgb[2]);
    }
    return decoded;
  }
  absl::StatusOr<Decoded<GrayImage>> decoded =
      DecodeGray(image.encoded, OptionsFor(image, min_long_side, limits));
  if (decoded.ok()) return decoded;
  return PrefixFields(decoded.status(), FilePath(image, path));
}

absl::StatusOr<Decoded<RgbImage>> DecodeRgbMessage(const ImageSource& image,
                                                   absl::string_view path,
                                                   const ImageLimits& limits) {
  if (image.is_raw()) {
    SL_ASSIGN_OR_RETURN(const ImageInfo info, InspectRaw(image, limits));
    if (image.rgb != nullptr) {
      return CopyPixels<RgbImage>(image.rgb->data(), info);
    }
    Decoded<RgbImage> decoded;
    decoded.info = info;
    decoded.pixels = RgbImage(info.width, info.height);
    uint8_t* rgb = decoded.pixels.data();
    for (const char gray : image.gray->data()) {
      for (int c = 0; c < 3; ++c) *rgb++ = static_cast<uint8_t>(gray);
    }
    return decoded;
  }
  absl::StatusOr<Decoded<RgbImage>> decoded =
      DecodeRgb(image.encoded, OptionsFor(image, 0, limits));
  if (decoded.ok()) return decoded;
  return PrefixFields(decoded.status(), FilePath(image, path));
}

absl::Status CheckOnePage(const common::v1::ItemHeader& header) {
  if (header.part_sizes().empty() && header.page_count() >= 0 &&
      header.page_count() <= 1) {
    return absl::OkStatus();
  }
  return Error(absl::StatusCode::kInvalidArgument, kItemPartsInvalid)
      .Field("item",
             "has part_sizes or a page_count: here an item is one page of one "
             "file");
}

absl::Status CheckOutput(const common::v1::ImageOutput& output,
                         absl::string_view path) {
  if (!common::v1::ImageFormat_IsValid(output.format())) {
    return Error(absl::StatusCode::kInvalidArgument, kOutputInvalid)
        .Field(absl::StrCat(path, ".format"), "is not a known format");
  }
  if (output.quality() < 0 || output.quality() > 100) {
    return Error(absl::StatusCode::kInvalidArgument, kOutputInvalid)
        .Field(absl::StrCat(path, ".quality"),
               absl::StrCat("is ", output.quality(),
                            "; 1 to 100 are allowed, 0 means ",
                            kDefaultJpegQuality));
  }
  return absl::OkStatus();
}

absl::StatusOr<common::v1::EncodedImage> EncodeMessage(
    const GrayImage& image, const common::v1::ImageOutput& output) {
  return Encode(image, output);
}

absl::StatusOr<common::v1::EncodedImage> EncodeMessage(
    const RgbImage& image, const common::v1::ImageOutput& output) {
  return Encode(image, output);
}

}  // namespace sightline
