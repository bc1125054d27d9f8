#include "tools/sightline/text/csv.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"

namespace sightline::cli {
namespace {

bool NeedsQuotes(const std::string& value) {
  return value.find_first_of(",\"\r\n") != std::string::npos ||
         (!value.empty() && (value.front() == ' ' || value.back() == ' '));
}

}  // namespace

std::string CsvRecord(const std::vector<std::string>& values) {
  std::string out;
  for (size_t i = 0; i < values.size(); ++i) {
    if (i > 0) out += ',';
    if (NeedsQuotes(values[i])) {
      absl::StrAppend(&out, "\"",
                      absl::StrReplaceAll(values[i], {{"\"", "\"\""}}), "\"");
    } else {
      out += values[i];
    }
  }
  return out + "\n";
}

}  // namespace sightline::cli
