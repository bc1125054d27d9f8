// Checks the places of a layout that hold no bubbles: codes and handwriting.
#ifndef SIGHTLINE_SERVICES_GRADE_ENGINE_LAYOUT_PLACES_H_
#define SIGHTLINE_SERVICES_GRADE_ENGINE_LAYOUT_PLACES_H_

#include "services/grade/engine/layout.h"
#include "services/grade/engine/layout_labels.h"
#include "services/grade/engine/layout_problems.h"
#include "services/grade/engine/layout_rules.h"

namespace sightline::grade {

// Reports what is wrong with the codes and boxes of `layout`, whose page was
// checked by `rules` before.
void CheckPlaces(const SheetLayout& layout, const LayoutLimits& limits,
                 LayoutLabels& labels, LayoutRules& rules,
                 LayoutProblems& problems);

}  // namespace sightline::grade

#endif  // SIGHTLINE_SERVICES_GRADE_ENGINE_LAYOUT_PLACES_H_
