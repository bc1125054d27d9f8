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
    const absl::StatusOr<align::v1::AlignResponse> answer =
        align.Align(scan.pixels, page_task.reference, options, stop);
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
    result.to_page = Homography(values);
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
