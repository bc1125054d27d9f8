// How a sheet is printed, found by grading some scans of it.
//
// OMRChecker's files do not say it (services/grade/omrchecker/appearance.h).
// The server does: a wrong guess is not confirmed by registration, or leaves
// much to review.
#ifndef SIGHTLINE_TOOLS_SIGHTLINE_CLIENT_CHOOSE_APPEARANCE_H_
#define SIGHTLINE_TOOLS_SIGHTLINE_CLIENT_CHOOSE_APPEARANCE_H_

#include <functional>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "sightline/grade/v1/grade.pb.h"
#include "sightline/grade/v1/omrchecker.pb.h"

namespace sightline::cli {

using TrialOutcome = absl::StatusOr<grade::v1::GradeSheetResponse>;

// Grades the trial scans with a layout.
using GradeTrial =
    std::function<std::vector<TrialOutcome>(const grade::v1::SheetLayout&)>;

// `layout` in the first of `appearances` with which all trial scans are surely
// aligned and hardly need review, or else the best one: as many scans graded
// as possible, then the page rather looked for than taken as it is, then the
// most confidence and the least to review. `layout` unchanged if no scan could
// be graded. Errors: Unavailable, Cancelled and Unauthenticated of a trial: no
// scan's failure, and nothing was found out.
absl::StatusOr<grade::v1::SheetLayout> ChooseAppearance(
    const grade::v1::SheetLayout& layout,
    absl::Span<const grade::v1::SheetAppearance> appearances,
    const GradeTrial& grade_trial);

}  // namespace sightline::cli

#endif  // SIGHTLINE_TOOLS_SIGHTLINE_CLIENT_CHOOSE_APPEARANCE_H_
