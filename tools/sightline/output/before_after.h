// A page before and after, side by side.
#ifndef SIGHTLINE_TOOLS_SIGHTLINE_OUTPUT_BEFORE_AFTER_H_
#define SIGHTLINE_TOOLS_SIGHTLINE_OUTPUT_BEFORE_AFTER_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "sightline/preprocess/v1/preprocess.pb.h"

namespace sightline::cli {

inline constexpr int kBeforeAfterWidth = 2400;

// A PNG of page `page` of `file` at the left and `result` at the right of a
// thin gap, at most kBeforeAfterWidth pixels wide. Both have the scale of the
// page that was sent, so that a letter is as large on either side;
// `output_to_input` is that of the report. Errors: those of DecodeRgb() for
// either; Internal PAGE_INVALID.
absl::StatusOr<std::string> BeforeAfterPicture(
    absl::string_view file, int page, const preprocess::v1::Page& result,
    absl::Span<const double> output_to_input);

}  // namespace sightline::cli

#endif  // SIGHTLINE_TOOLS_SIGHTLINE_OUTPUT_BEFORE_AFTER_H_
