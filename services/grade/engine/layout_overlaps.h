// Finds bubbles of a layout that lie on each other.
#ifndef SIGHTLINE_SERVICES_GRADE_ENGINE_LAYOUT_OVERLAPS_H_
#define SIGHTLINE_SERVICES_GRADE_ENGINE_LAYOUT_OVERLAPS_H_

#include "services/grade/engine/layout_check.h"
#include "services/grade/engine/layout_problems.h"
#include "services/grade/engine/layout_rules.h"

namespace sightline::grade {

// Reports every bubble of `expanded` that overlaps an earlier one, under the
// path that places it in `layout`. The page must be right; bubbles outside it
// are passed over, they are reported already. Time is about linear in their
// number.
void CheckOverlaps(const SheetLayout& layout, const ExpandedLayout& expanded,
                   const LayoutRules& rules, LayoutProblems& problems);

}  // namespace sightline::grade

#endif  // SIGHTLINE_SERVICES_GRADE_ENGINE_LAYOUT_OVERLAPS_H_
