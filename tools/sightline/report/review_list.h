// The doubtful fields of a sheet, for review.csv and for the report.
#ifndef SIGHTLINE_TOOLS_SIGHTLINE_REPORT_REVIEW_LIST_H_
#define SIGHTLINE_TOOLS_SIGHTLINE_REPORT_REVIEW_LIST_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "sightline/grade/v1/grade.pb.h"

namespace sightline::cli {

// One item per label of `sheet`'s review list. From a server that does not
// know of pictures they come without.
std::vector<grade::v1::ReviewItem> ReviewItemsOf(
    const grade::v1::GradeSheetResponse& sheet);

// "multiple", "faint" ... in the answer's order.
std::vector<std::string> FlagWords(const grade::v1::ReviewItem& item);

// The first record of review.csv: file, field, answer, flags, confidence, crop,
// correction.
std::string ReviewCsvHeader();

// An item's record; `crop` is its picture's path, empty without one. The
// correction is left empty, for a person to fill in.
std::string ReviewCsv(absl::string_view file, const grade::v1::ReviewItem& item,
                      absl::string_view crop);

}  // namespace sightline::cli

#endif  // SIGHTLINE_TOOLS_SIGHTLINE_REPORT_REVIEW_LIST_H_
