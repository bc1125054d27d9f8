// Tells which page of the layout a page of the scan is.
//
// A code on the page decides, where the layout names codes. Otherwise the page
// is registered to every page of the layout, by cheap methods first, all
// candidates by the same one; where several are accepted, what is printed on
// only one of them decides (engine/page_likeness.h). What is not clear is an
// error: it is never guessed.
#ifndef SIGHTLINE_SERVICES_GRADE_PAGE_MATCHER_H_
#define SIGHTLINE_SERVICES_GRADE_PAGE_MATCHER_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/geometry/homography.h"
#include "services/grade/engine/sheet_reader.h"
#include "services/grade/page_registration.h"
#include "services/grade/sheet_task.h"
#include "sightline/align/v1/align.pb.h"
#include "sightline/grade/v1/grade.pb.h"

namespace sightline::grade {

// What can be asked about a page of the scan. A page of the layout is named by
// its number.
class PageTrial {
 public:
  virtual ~PageTrial() = default;
  // See FindPage().
  virtual absl::StatusOr<FoundPage> Register(int page,
                                             align::v1::AlignMethod method) = 0;
  // See ReadSheet().
  virtual absl::StatusOr<SheetReading> Read(int page,
                                            const FoundPage& found) = 0;
  // See FindCodeTexts().
  virtual absl::StatusOr<std::vector<std::string>> CodeTexts() = 0;
  // See CompareByPicture(); 0 if either page has no picture.
  virtual int CompareByPicture(int a, const FoundPage& found_a, int b,
                               const FoundPage& found_b) = 0;
  // The scan's size in the pixels that were decoded.
  virtual PixelSize scan_size() const = 0;
};

// A page of the scan that was told and read.
struct MatchedPage {
  int page = 0;
  v1::PageMatch match = v1::PAGE_MATCH_UNSPECIFIED;
  FoundPage found;
  SheetReading reading;
};

// Matches and reads a page. `expected`: the page of the layout that comes next
// if pages are in order; it only saves time. Errors of the page itself
// (IsOfThePage()): NotFound PAGE_UNMATCHED, FailedPrecondition PAGE_AMBIGUOUS,
// those of registration and reading where the page is known by its code or
// there is one candidate only. All others are the sheet's.
absl::StatusOr<MatchedPage> MatchPage(const SheetTask& task, int expected,
                                      PageTrial& trial);

// Whether a failure says something about the page that was scanned, so that the
// other pages of the sheet may still be read: no failure of a service, of the
// layout or of the call.
bool IsOfThePage(const absl::Status& failure);

}  // namespace sightline::grade

#endif  // SIGHTLINE_SERVICES_GRADE_PAGE_MATCHER_H_
