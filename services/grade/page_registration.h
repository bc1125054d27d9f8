// Where a page of the layout lies in a scan, as the align service finds it.
#ifndef SIGHTLINE_SERVICES_GRADE_PAGE_REGISTRATION_H_
#define SIGHTLINE_SERVICES_GRADE_PAGE_REGISTRATION_H_

#include "absl/status/statusor.h"
#include "common/geometry/homography.h"
#include "common/image/decode.h"
#include "common/image/image.h"
#include "common/stop/stop_token.h"
#include "services/grade/align_client.h"
#include "services/grade/sheet_task.h"
#include "sightline/align/v1/align.pb.h"
#include "sightline/grade/v1/grade.pb.h"

namespace sightline::grade {

struct FoundPage {
  // Pixels of the scan as it was decoded to page units.
  Homography to_page;
  // For the answer: with the full-resolution homography.
  v1::AlignmentSummary summary;
};

// Finds page `page` of the task in `scan`, or takes the scan as the page where
// the layout says so. `method`: instead of the layout's own unless UNSPECIFIED.
// Errors: those of AlignClient::Align(), with the paths of this service's
// request. Thread-safe.
absl::StatusOr<FoundPage> FindPage(AlignClient& align,
                                   const Decoded<GrayImage>& scan,
                                   const SheetTask& task, int page,
                                   align::v1::AlignMethod method,
                                   const StopToken& stop);

}  // namespace sightline::grade

#endif  // SIGHTLINE_SERVICES_GRADE_PAGE_REGISTRATION_H_
