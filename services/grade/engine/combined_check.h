// Combined fields: answers made of several fields, which may be on different
// pages.
#ifndef SIGHTLINE_SERVICES_GRADE_ENGINE_COMBINED_CHECK_H_
#define SIGHTLINE_SERVICES_GRADE_ENGINE_COMBINED_CHECK_H_

#include <string>
#include <vector>

#include "services/grade/engine/layout.h"
#include "services/grade/engine/layout_check.h"
#include "services/grade/engine/layout_problems.h"

namespace sightline::grade {

// Expands layout.combined into `combined` and reports what is wrong with it.
// `so_far` has the labels of all fields they may join.
void CheckCombined(const SheetLayout& layout, const LayoutLimits& limits,
                   SheetSoFar& so_far, LayoutProblems& problems,
                   std::vector<CombinedField>& combined);

// Takes the problems of ExpandLabels() over, under `path`.
void ReportLabels(const absl::Status& status, const std::string& path,
                  LayoutProblems& problems);

}  // namespace sightline::grade

#endif  // SIGHTLINE_SERVICES_GRADE_ENGINE_COMBINED_CHECK_H_
