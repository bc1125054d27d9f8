// config.json: tuning of OMRChecker's own reader.
#ifndef SIGHTLINE_SERVICES_GRADE_OMRCHECKER_CONFIG_FILE_H_
#define SIGHTLINE_SERVICES_GRADE_OMRCHECKER_CONFIG_FILE_H_

#include "absl/strings/string_view.h"
#include "services/grade/omrchecker/findings.h"

namespace sightline::grade::omrchecker {

// Says of everything in the file why nothing is done for it. It has no bearing
// on the layout: how dark a mark is, is found from every page itself.
void ReadConfig(absl::string_view text, Findings& findings);

}  // namespace sightline::grade::omrchecker

#endif  // SIGHTLINE_SERVICES_GRADE_OMRCHECKER_CONFIG_FILE_H_
