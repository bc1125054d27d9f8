// Styles and scripts of report.html and map.html; the definitions are generated
// from the .css and .js files beside this (CMakeLists.txt).
#ifndef SIGHTLINE_TOOLS_SIGHTLINE_REPORT_REPORT_ASSETS_H_
#define SIGHTLINE_TOOLS_SIGHTLINE_REPORT_REPORT_ASSETS_H_

#include "absl/strings/string_view.h"

namespace sightline::cli {

absl::string_view ReportStyle();
absl::string_view ReportScript();
absl::string_view MapStyle();
absl::string_view MapScript();

}  // namespace sightline::cli

#endif  // SIGHTLINE_TOOLS_SIGHTLINE_REPORT_REPORT_ASSETS_H_
