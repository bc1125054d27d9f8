// A sheet's way from the pages that were sent to the answer.
#ifndef SIGHTLINE_SERVICES_GRADE_SHEET_GRADER_H_
#define SIGHTLINE_SERVICES_GRADE_SHEET_GRADER_H_

#include <vector>

#include "absl/status/statusor.h"
#include "common/server/call.h"
#include "services/grade/align_client.h"
#include "services/grade/grade_options.h"
#include "services/grade/scan_pages.h"
#include "services/grade/sheet_task.h"
#include "sightline/grade/v1/grade.pb.h"

namespace sightline::grade {

// Grades the sheet that `pages`, at least one, show. One page is decoded at a
// time; where pictures of several are asked for, those are decoded again.
// A page that can't be read is reported in the answer as long as another can.
// Errors: those of reading a page where there is no other or none was read;
// those of the services and of the call. Thread-safe but for `call`.
absl::StatusOr<v1::GradeSheetResponse> GradePages(
    Call& call, AlignClient& align, const GradeLimits& limits,
    const SheetTask& task, std::vector<ScanPageSource> pages);

}  // namespace sightline::grade

#endif  // SIGHTLINE_SERVICES_GRADE_SHEET_GRADER_H_
