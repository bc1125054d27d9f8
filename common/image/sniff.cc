#include "common/image/sniff.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "common/image/headers.h"
#include "common/image/image_error.h"

namespace sightline {

using image_internal::ReadBmpHeader;
using image_internal::ReadJpegHeader;
using image_internal::ReadPngHeader;
using image_internal::ReadTiffPage;
using image_internal::ReadWebpHeader;

absl::string_view FileFormatName(FileFormat format) {
  switch (format) {
    case FileFormat::kJpeg:
      return "JPEG";
    case FileFormat::kPng:
      return "PNG";
    case FileFormat::kTiff:
      return "TIFF";
    case FileFormat::kWebp:
      return "WebP";
    case FileFormat::kBmp:
      return "BMP";
  }
  return "unknown";
}

absl::StatusOr<ImageInfo> SniffImage(absl::string_view file, int page) {
  using absl::StartsWith;
  if (file.empty()) {
    return Error(absl::StatusCode::kInvalidArgument, kImageEmpty)
        .Field("", "the image has no bytes");
  }
  if (StartsWith(file, "II*") || StartsWith(file, "II+") ||
      StartsWith(file, absl::string_view("MM\0*", 4)) ||
      StartsWith(file, absl::string_view("MM\0+", 4))) {
    const auto tiff = ReadTiffPage(file, page);
    if (!tiff.ok()) return tiff.status();
    return tiff->info;
  }
  absl::StatusOr<ImageInfo> info;
  if (StartsWith(file, "\xFF\xD8\xFF")) {
    info = ReadJpegHeader(file);
  } else if (StartsWith(file, "\x89PNG\r\n\x1A\n")) {
    info = ReadPngHeader(file);
  } else if (StartsWith(file, "RIFF") && file.size() >= 12 &&
             file.substr(8, 4) == "WEBP") {
    const auto webp = ReadWebpHeader(file);
    info = webp.ok() ? absl::StatusOr<ImageInfo>(webp->info) : webp.status();
  } else if (StartsWith(file, "BM")) {
    const auto bmp = ReadBmpHeader(file);
    info = bmp.ok() ? absl::StatusOr<ImageInfo>(bmp->info) : bmp.status();
  } else {
    return Error(absl::StatusCode::kInvalidArgument, kImageFormatUnknown)
        .Field("",
               "the file is not an image of a known format; send JPEG, "
               "PNG, TIFF, WebP or BMP");
  }
  if (info.ok() && page != 0) {
    return Error(absl::StatusCode::kInvalidArgument, kImagePageOutOfRange)
        .Field("",
               absl::StrCat("page ", page, " is asked for, a ",
                            FileFormatName(info->format), " has only page 0"))
        .With("page", absl::StrCat(page))
        .With("pages", "1");
  }
  return info;
}

absl::Status CheckLimits(const ImageInfo& info, int64_t file_bytes,
                         const ImageLimits& limits) {
  const auto too_large = [](absl::string_view what, int64_t demand,
                            int64_t limit, absl::string_view unit) {
    return Error(absl::StatusCode::kInvalidArgument, kImageTooLarge)
        .Field("", absl::StrCat("the ", what, " is ", demand, " ", unit,
                                ", at most ", limit, " are read"))
        .With("demand", absl::StrCat(demand))
        .With("limit", absl::StrCat(limit))
        .With("unit", unit);
  };
  if (file_bytes > limits.max_file_bytes) {
    return too_large("file", file_bytes, limits.max_file_bytes, "bytes");
  }
  const int side = std::max(info.width, info.height);
  if (side > limits.max_side_pixels) {
    return too_large("image's longer side", side, limits.max_side_pixels,
                     "pixels");
  }
  const int64_t pixels = int64_t{info.width} * info.height;
  if (pixels > limits.max_pixels) {
    return too_large("image's area", pixels, limits.max_pixels, "pixels");
  }
  return absl::OkStatus();
}

}  // namespace sightline
