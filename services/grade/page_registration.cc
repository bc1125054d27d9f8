#include "services/grade/page_registration.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/status/error.h"
#include "services/grade/page_layouts.h"
#include "services/grade/reasons.h"

namespace sightline::grade {
namespace {

// A failure of the align service with the paths of this service's request,
// whose layout became the other's reference. `page`: the layout's path, or that
// of one of its pages.
absl::Status InTermsOfLayout(const absl::Status& status,
                             const std::string& page) {
  std::optional<ErrorDetails> details = DetailsOf(status);
  if (!details.has_value()) return status;
  const std::pair<absl::string_view, std::string> prefixes[] = {
      {"reference.image", page + ".reference"},
      {"reference.shapes", page},
      {"reference", page},
      {"options", page + ".alignment.options"},
      // The pixels that were sent on are not those of the request.
      {"scan", "scan"},
  };
  for (FieldViolation& violation : details->fields) {
    for (const auto& [theirs, ours] : prefixes) {
      if (!absl::StartsWith(violation.field, theirs)) continue;
      const bool keeps_rest = theirs != "reference.shapes" && theirs != "scan";
      violation.field = absl::StrCat(
          ours, keeps_rest ? violation.field.substr(theirs.size()) : "");
      break;
    }
  }
  return WithDetails(status, *details);
}

// What is sent on has to leave room for the reference in a message of 8 MiB.
constexpr int64_t kMostSentBytes = int64_t{5} << 20;

// `image` at half its size: blocks of 2 x 2 averaged, the last column and row
// of an odd size of what there is, so that coordinates are exactly half as
// large.
GrayImage Halved(const GrayImage& image) {
  GrayImage half((image.width() + 1) / 2, (image.height() + 1) / 2);
  for (int y = 0; y < half.height(); ++y) {
    const uint8_t* upper = image.row(2 * y);
    const uint8_t* lower = image.row(std::min(2 * y + 1, image.height() - 1));
    for (int x = 0; x < half.width(); ++x) {
      const int left = 2 * x;
      const int right = std::min(left + 1, image.width() - 1);
      half.row(y)[x] = static_cast<uint8_t>(
          (upper[left] + upper[right] + lower[left] + lower[right] + 2) / 4);
    }
  }
  return half;
}

std::string PathOf(const SheetTask& task, int page) {
  return absl::StrCat(task.root, "layout", page == 0 ? "" : ".",
                      PagePath(page));
}

}  // namespace

absl::StatusOr<FoundPage> FindPage(AlignClient& align,
                                   const Decoded<GrayImage>& scan,
                                   const SheetTask& task, int page,
                                   align::v1::AlignMethod method,
                                   const StopToken& stop) {
  const PageTask& page_task = task.pages[page];
  FoundPage result;
  if (page_task.alignment.mode() == v1::Alignment::MODE_ALIGNED) {
    const PixelSize size = task.sheet.page_sheet(page).page();
    result.to_page = Homography::Scale(size.width / scan.pixels.width(),
                                       size.height / scan.pixels.height());
    result.summary.set_confidence(1);
  } else {
    align::v1::AlignOptions options = page_task.alignment.options();
    if (method != align::v1::ALIGN_METHOD_UNSPECIFIED) {
      options.set_method(method);
    }
    // Scans are not reduced below what reading needs; finding the page needs
    // less.
    const bool is_large = scan.pixels.size_bytes() > kMostSentBytes;
    GrayImage half;
    if (is_large) half = Halved(scan.pixels);
    const absl::StatusOr<align::v1::AlignResponse> answer = align.Align(
        is_large ? half : scan.pixels, page_task.reference, options, stop);
    if (!answer.ok()) {
      return InTermsOfLayout(answer.status(), PathOf(task, page));
    }
    const align::v1::AlignResponse& found = *answer;
    if (found.homography_size() != 9) {
      return Error(absl::StatusCode::kUnavailable, kAlignUnavailable)
          .Message("the align service answered without a homography")
          .RetryAfter(absl::Seconds(1));
    }
    std::array<double, 9> values;
    std::copy(found.homography().begin(), found.homography().end(),
              values.begin());
    const double sent = is_large ? 0.5 : 1;
    result.to_page = Homography(values) * Homography::Scale(sent, sent);
    result.summary.set_method(found.method());
    result.summary.set_confidence(found.confidence());
    *result.summary.mutable_attempts() = found.attempts();
  }
  const double scale = 1.0 / scan.reduction;
  const Homography full =
      (result.to_page * Homography::Scale(scale, scale)).Normalized();
  for (const double value : full.values()) {
    result.summary.add_homography(value);
  }
  return result;
}

}  // namespace sightline::grade
