#include "services/preprocess/page_output.h"

#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/image/encode.h"
#include "common/image/reasons.h"
#include "common/image_message/reasons.h"
#include "common/status/error.h"
#include "common/status/status_macros.h"

namespace sightline::preprocess {
namespace {

// OCR reads what JPEG leaves of thin strokes: better than for people's eyes.
constexpr int kDefaultQuality = 90;
// Little more than none: at the speed of the network, not of deflate.
constexpr int kPngCompression = 2;

absl::StatusOr<std::string> Write(const GrayImage& page,
                                  const v1::PageOutput& output,
                                  double dots_per_inch) {
  switch (output.format()) {
    case v1::PAGE_FORMAT_PNG:
      return EncodePng(page, kPngCompression, dots_per_inch);
    case v1::PAGE_FORMAT_JPEG:
      return EncodeJpeg(
          page, output.quality() == 0 ? kDefaultQuality : output.quality(),
          dots_per_inch);
    case v1::PAGE_FORMAT_PACKED:
      return PackBilevel(page);
    case v1::PAGE_FORMAT_BILEVEL_PNG:
      return EncodeBilevelPng(page, kPngCompression, dots_per_inch);
    case v1::PAGE_FORMAT_TIFF_G4:
      return EncodeTiffG4(page, dots_per_inch);
    default:
      return std::string(reinterpret_cast<const char*>(page.data()),
                         static_cast<size_t>(page.width()) * page.height());
  }
}

int64_t WriteBytes(const v1::PageOutput& output, int width, int height) {
  const int64_t pixels = int64_t{width} * height;
  switch (output.format()) {
    case v1::PAGE_FORMAT_PNG:
      return EncodePngBytes(width, height, 1);
    case v1::PAGE_FORMAT_JPEG:
      // At quality 100 noise takes 1.6 bytes a pixel, black-and-white noise
      // 1.9; the library doubles its memory as it goes. Blocks made up against
      // this could take 3.5; no page does.
      return 3 * pixels + (int64_t{1} << 20);
    case v1::PAGE_FORMAT_PACKED:
      return PackBilevelBytes(width, height);
    case v1::PAGE_FORMAT_BILEVEL_PNG:
      return EncodeBilevelPngBytes(width, height);
    case v1::PAGE_FORMAT_TIFF_G4:
      return EncodeTiffG4Bytes(width, height);
    default:
      return pixels;
  }
}

// An encoder knows nothing of requests: of a page that has grays, the format
// that was asked for is what the caller can mend.
absl::Status NameFormat(const absl::Status& status, absl::string_view path) {
  std::optional<ErrorDetails> details = DetailsOf(status);
  if (!details || details->reason != kImageNotBilevel) return status;
  details->fields.push_back({absl::StrCat(path, ".format"),
                             "is a black-and-white one, the page has grays"});
  return WithDetails(status, *details);
}

}  // namespace

absl::Status CheckPageOutput(const v1::PageOutput& output,
                             absl::string_view path) {
  if (!v1::PageFormat_IsValid(output.format())) {
    return Error(absl::StatusCode::kInvalidArgument, kOutputInvalid)
        .Field(absl::StrCat(path, ".format"), "is not a known format");
  }
  if (output.quality() < 0 || output.quality() > 100) {
    return Error(absl::StatusCode::kInvalidArgument, kOutputInvalid)
        .Field(
            absl::StrCat(path, ".quality"),
            absl::StrCat("is ", output.quality(),
                         "; 1 to 100 are allowed, 0 means ", kDefaultQuality));
  }
  return absl::OkStatus();
}

int64_t PageOutputBytes(const v1::PageOutput& output, int width, int height) {
  // Twice: in the message, and in the bytes that go out.
  return 2 * WriteBytes(output, width, height);
}

absl::StatusOr<v1::Page> WritePage(const GrayImage& page,
                                   const v1::PageOutput& output,
                                   double dots_per_inch,
                                   absl::string_view path) {
  v1::Page written;
  absl::StatusOr<std::string> content = Write(page, output, dots_per_inch);
  if (!content.ok()) {
    return NameFormat(content.status(), path);
  }
  *written.mutable_content() = *std::move(content);
  written.set_format(output.format() == v1::PAGE_FORMAT_UNSPECIFIED
                         ? v1::PAGE_FORMAT_GRAY
                         : output.format());
  written.set_width(page.width());
  written.set_height(page.height());
  written.set_dots_per_inch(dots_per_inch);
  return written;
}

}  // namespace sightline::preprocess
