#include "services/grade/omrchecker/csv_rows.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

namespace sightline::grade::omrchecker {

absl::StatusOr<std::vector<CsvRow>> ParseCsv(absl::string_view text,
                                             int max_values) {
  absl::ConsumePrefix(&text, "\xef\xbb\xbf");
  std::vector<CsvRow> rows;
  int line = 1;
  int values = 0;
  size_t next = 0;
  while (next < text.size()) {
    CsvRow row;
    row.line = line;
    bool at_end = false;
    while (!at_end) {
      if (++values > max_values) {
        return absl::InvalidArgumentError(
            absl::StrCat("line ", line, ": more than ", max_values, " values"));
      }
      std::string value;
      bool is_quoted = false;
      const int begin = line;
      // A quote opens only where a value begins; later ones are text.
      if (next < text.size() && text[next] == '"') {
        is_quoted = true;
        ++next;
      }
      for (;; ++next) {
        if (next >= text.size()) {
          if (is_quoted) {
            return absl::InvalidArgumentError(
                absl::StrCat("line ", begin, ": a quote has no end"));
          }
          at_end = true;
          break;
        }
        const char c = text[next];
        if (c == '\n') ++line;
        if (is_quoted) {
          if (c != '"') {
            value += c;
          } else if (next + 1 < text.size() && text[next + 1] == '"') {
            value += '"';
            ++next;
          } else {
            is_quoted = false;
          }
          continue;
        }
        if (c == ',') {
          ++next;
          break;
        }
        if (c == '\n' || c == '\r') {
          if (c == '\r' && next + 1 < text.size() && text[next + 1] == '\n') {
            ++next;
            ++line;
          } else if (c == '\r') {
            ++line;
          }
          ++next;
          at_end = true;
          break;
        }
        value += c;
      }
      row.values.push_back(std::move(value));
    }
    if (row.values.size() == 1 && row.values[0].empty()) continue;
    rows.push_back(std::move(row));
  }
  return rows;
}

}  // namespace sightline::grade::omrchecker
