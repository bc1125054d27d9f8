// The pages that a request or an item of a stream brings for one sheet.
#ifndef SIGHTLINE_SERVICES_GRADE_SCAN_PAGES_H_
#define SIGHTLINE_SERVICES_GRADE_SCAN_PAGES_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/image_message/image_message.h"
#include "common/server/conveyor.h"
#include "sightline/grade/v1/grade.pb.h"

namespace sightline::grade {

// One page, undecoded. Refers to the request's bytes.
struct ScanPageSource {
  ImageSource source;
  // Where it is in the request, for errors: "scan", "more_scans[0]".
  std::string path;
};

// At most that many pages make a sheet: twice those of the longest layout.
inline constexpr int kMaxScanPages = 64;

// The pages in the order in which they were sent, at least one. `all_pages`:
// every TIFF stands for all its pages from its `page` on, otherwise for that
// one. A file whose pages can't be counted counts as one: decoding says what is
// wrong with it. Errors: InvalidArgument TOO_MANY_PAGES.
absl::StatusOr<std::vector<ScanPageSource>> ScanPagesOf(
    const v1::GradeSheetRequest& request, bool all_pages);

// The same for an item, by its header's `page`, `page_count` and `part_sizes`.
// Errors: as above, and InvalidArgument ITEM_PARTS_INVALID (sizes that are not
// the item's, pages that it does not have).
absl::StatusOr<std::vector<ScanPageSource>> ScanPagesOf(
    const ConveyorItem& item, bool all_pages);

}  // namespace sightline::grade

#endif  // SIGHTLINE_SERVICES_GRADE_SCAN_PAGES_H_
