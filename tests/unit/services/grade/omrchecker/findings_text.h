// Findings as lines, for comparisons in tests.
#ifndef SIGHTLINE_TESTS_UNIT_SERVICES_GRADE_OMRCHECKER_FINDINGS_TEXT_H_
#define SIGHTLINE_TESTS_UNIT_SERVICES_GRADE_OMRCHECKER_FINDINGS_TEXT_H_

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "services/grade/omrchecker/findings.h"

namespace sightline::grade::omrchecker {

// "error 3:7 fieldBlocks.Roll: what is wrong", without texts after a colon
// where `with_text` is false.
inline std::vector<std::string> Lines(const std::vector<Finding>& findings,
                                      bool with_text = true) {
  std::vector<std::string> lines;
  for (const Finding& finding : findings) {
    lines.push_back(absl::StrCat(
        finding.is_error ? "error " : "note ", FileName(finding.file), " ",
        finding.path, with_text ? ": " : "", with_text ? finding.text : ""));
  }
  return lines;
}

}  // namespace sightline::grade::omrchecker

#endif  // SIGHTLINE_TESTS_UNIT_SERVICES_GRADE_OMRCHECKER_FINDINGS_TEXT_H_
