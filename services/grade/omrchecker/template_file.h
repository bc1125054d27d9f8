// template.json: what is printed on the sheet.
#ifndef SIGHTLINE_SERVICES_GRADE_OMRCHECKER_TEMPLATE_FILE_H_
#define SIGHTLINE_SERVICES_GRADE_OMRCHECKER_TEMPLATE_FILE_H_

#include <set>
#include <string>

#include "absl/strings/string_view.h"
#include "services/grade/omrchecker/findings.h"
#include "services/grade/omrchecker/pre_processors.h"
#include "sightline/grade/v1/layout.pb.h"

namespace sightline::grade::omrchecker {

// Limits of a sheet; the engine's own, so that nothing larger is built first.
inline constexpr int kMaxFields = 5000;
inline constexpr int kMaxBubbles = 20000;

struct TemplateContent {
  v1::SheetLayout layout;
  PageSource page_source = PageSource::kScan;
};

// Reads a template. Bubbles of the labels in `multiple` may have several marks
// each: they stand in blocks of their own. The result is of use only if
// `findings` has no errors.
TemplateContent ReadTemplate(absl::string_view text, const Pictures& pictures,
                             const std::set<std::string>& multiple,
                             Findings& findings);

}  // namespace sightline::grade::omrchecker

#endif  // SIGHTLINE_SERVICES_GRADE_OMRCHECKER_TEMPLATE_FILE_H_
