// GradeService's answers about layouts that need a picture: proposals, and
// layouts drawn over their reference.
#ifndef SIGHTLINE_SERVICES_GRADE_PROPOSE_LAYOUT_H_
#define SIGHTLINE_SERVICES_GRADE_PROPOSE_LAYOUT_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/server/call.h"
#include "services/grade/grade_options.h"
#include "sightline/common/v1/image.pb.h"
#include "sightline/grade/v1/layout.pb.h"
#include "sightline/grade/v1/layout_proposal.pb.h"

namespace sightline::grade {

// The answer to ProposeLayout. Errors: those of the engine with the path
// "reference"; those of the image; InvalidArgument PREVIEW_INVALID,
// OUTPUT_INVALID.
absl::StatusOr<v1::ProposeLayoutResponse> AnswerProposeLayout(
    Call& call, const v1::ProposeLayoutRequest& request,
    const GradeLimits& limits);

// The picture of a layout that is valid. `path`: where the layout is in the
// request; `options_path`: where the options are. Errors: those of the
// reference's image; InvalidArgument PREVIEW_INVALID, OUTPUT_INVALID.
absl::StatusOr<common::v1::EncodedImage> DrawLayoutMessage(
    Call& call, const v1::SheetLayout& layout, const std::string& path,
    const v1::PreviewOptions& options, const std::string& options_path,
    const GradeLimits& limits);

}  // namespace sightline::grade

#endif  // SIGHTLINE_SERVICES_GRADE_PROPOSE_LAYOUT_H_
