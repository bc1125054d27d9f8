// The records of a CSV file (RFC 4180).
#ifndef SIGHTLINE_SERVICES_GRADE_OMRCHECKER_CSV_ROWS_H_
#define SIGHTLINE_SERVICES_GRADE_OMRCHECKER_CSV_ROWS_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace sightline::grade::omrchecker {

struct CsvRow {
  // In which it begins, counted from 1.
  int line = 1;
  std::vector<std::string> values;
};

// Without empty lines; a byte order mark is skipped. Errors: InvalidArgument
// with the line (a quote without end, more than `max_values` values).
absl::StatusOr<std::vector<CsvRow>> ParseCsv(absl::string_view text,
                                             int max_values);

}  // namespace sightline::grade::omrchecker

#endif  // SIGHTLINE_SERVICES_GRADE_OMRCHECKER_CSV_ROWS_H_
