#include "services/georef/mask_message.h"

#include <cstring>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/image/decode.h"
#include "common/image/encode.h"
#include "common/status/error.h"
#include "common/status/status_macros.h"
#include "services/georef/reasons.h"

namespace sightline::georef {
namespace {

// Fast, and labels pack well at any level.
constexpr int kMaskPngCompression = 1;

Error Invalid() {
  return Error(absl::StatusCode::kInvalidArgument, kLabelMaskInvalid);
}

absl::StatusOr<ImageInfo> InspectPng(const std::string& png,
                                     const ImageLimits& limits) {
  SL_ASSIGN_OR_RETURN(const ImageInfo info, SniffImage(png));
  SL_RETURN_IF_ERROR(
      CheckLimits(info, static_cast<int64_t>(png.size()), limits));
  if (!info.has_plain_gray_samples) {
    return Invalid().Field(
        "", absl::StrCat(
                "is a ", FileFormatName(info.format),
                " file whose samples are not plain labels: send a gray PNG of "
                "8 bits, without palette or transparency, or the labels"));
  }
  return info;
}

absl::StatusOr<MaskHeader> InspectLabels(const v1::LabelMask& message,
                                         const ImageLimits& limits) {
  ImageInfo info;
  info.width = message.width();
  info.height = message.height();
  if (info.width < 1 || info.height < 1) {
    return Invalid().Field(
        "width", absl::StrCat("the mask is ", info.width, " x ", info.height,
                              " pixels"));
  }
  SL_RETURN_IF_ERROR(CheckLimits(info, /*file_bytes=*/0, limits));
  const int64_t expected = int64_t{info.width} * info.height;
  if (static_cast<int64_t>(message.labels().size()) != expected) {
    return Invalid().Field(
        "labels",
        absl::StrCat("has ", message.labels().size(), " bytes, ", info.width,
                     " x ", info.height, " needs ", expected));
  }
  return MaskHeader{info.width, info.height, 0};
}

}  // namespace

absl::StatusOr<MaskHeader> InspectMask(const v1::LabelMask& message,
                                       absl::string_view path,
                                       const ImageLimits& limits) {
  switch (message.source_case()) {
    case v1::LabelMask::kPng: {
      const absl::StatusOr<ImageInfo> info = InspectPng(message.png(), limits);
      if (!info.ok()) {
        return PrefixFields(info.status(), absl::StrCat(path, ".png"));
      }
      DecodeOptions options;
      options.limits = limits;
      return MaskHeader{info->width, info->height,
                        DecodeGrayBytes(*info, options)};
    }
    case v1::LabelMask::kLabels: {
      absl::StatusOr<MaskHeader> header = InspectLabels(message, limits);
      if (!header.ok()) return PrefixFields(header.status(), path);
      return header;
    }
    default:
      return Invalid().Field(path,
                             "is empty: send a gray PNG of labels, or labels");
  }
}

absl::StatusOr<Mask> Mask::Decode(const v1::LabelMask& message,
                                  absl::string_view path,
                                  const ImageLimits& limits) {
  SL_ASSIGN_OR_RETURN(const MaskHeader header,
                      InspectMask(message, path, limits));
  if (message.has_png()) {
    DecodeOptions options;
    options.limits = limits;
    absl::StatusOr<Decoded<GrayImage>> decoded =
        DecodeGray(message.png(), options);
    if (!decoded.ok()) {
      return PrefixFields(decoded.status(), absl::StrCat(path, ".png"));
    }
    return Of(std::move(decoded->pixels));
  }
  Mask mask;
  mask.view_ = {reinterpret_cast<const uint8_t*>(message.labels().data()),
                header.width, header.height, header.width};
  return mask;
}

Mask Mask::Of(GrayImage labels) {
  Mask mask;
  mask.owned_ = std::move(labels);
  mask.view_ = {mask.owned_.data(), mask.owned_.width(), mask.owned_.height(),
                static_cast<ptrdiff_t>(mask.owned_.stride_bytes())};
  return mask;
}

absl::StatusOr<std::string> EncodeMask(const LabelMask& mask) {
  GrayImage image(mask.width, mask.height);
  for (int y = 0; y < mask.height; ++y) {
    std::memcpy(image.row(y), mask.labels + y * mask.stride,
                static_cast<size_t>(mask.width));
  }
  return EncodePng(image, kMaskPngCompression);
}

int64_t EncodeMaskBytes(int width, int height) {
  return int64_t{width} * height + EncodePngBytes(width, height, 1);
}

}  // namespace sightline::georef
