// From a layout as people write it to a flat list of placed bubbles.
#ifndef SIGHTLINE_SERVICES_GRADE_ENGINE_LAYOUT_CHECK_H_
#define SIGHTLINE_SERVICES_GRADE_ENGINE_LAYOUT_CHECK_H_

#include <vector>

#include "services/grade/engine/layout.h"

namespace sightline::grade {

// What a layout says once blocks, ranges and defaults are written out.
struct ExpandedLayout {
  std::vector<Field> fields;
  // Per field: its block, or -1 for a field placed bubble by bubble.
  std::vector<int> blocks;
  std::vector<CombinedField> combined;
  int bubble_count = 0;
};

// Expands `layout` into `expanded` and returns everything that is wrong or
// doubtful, at most 50 errors and 50 warnings. `expanded` is complete only if
// none of them is an error.
std::vector<LayoutProblem> ExpandLayout(const SheetLayout& layout,
                                        const LayoutLimits& limits,
                                        ExpandedLayout& expanded);

}  // namespace sightline::grade

#endif  // SIGHTLINE_SERVICES_GRADE_ENGINE_LAYOUT_CHECK_H_
