// Style and script of report.html; the definitions are generated from
// report.css and report.js (CMakeLists.txt).
#ifndef SIGHTLINE_TOOLS_SIGHTLINE_REPORT_REPORT_ASSETS_H_
#define SIGHTLINE_TOOLS_SIGHTLINE_REPORT_REPORT_ASSETS_H_

#include "absl/strings/string_view.h"

namespace sightline::cli {

absl::string_view ReportStyle();
absl::string_view ReportScript();

}  // namespace sightline::cli

#endif  // SIGHTLINE_TOOLS_SIGHTLINE_REPORT_REPORT_ASSETS_H_
