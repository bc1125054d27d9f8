// One record of a CSV file (RFC 4180, with a plain newline at the end).
#ifndef SIGHTLINE_TOOLS_SIGHTLINE_TEXT_CSV_H_
#define SIGHTLINE_TOOLS_SIGHTLINE_TEXT_CSV_H_

#include <string>
#include <vector>

namespace sightline::cli {

// Values with a comma, a quote, a line break or a space at either end are
// quoted; quotes in them are doubled.
std::string CsvRecord(const std::vector<std::string>& values);

}  // namespace sightline::cli

#endif  // SIGHTLINE_TOOLS_SIGHTLINE_TEXT_CSV_H_
