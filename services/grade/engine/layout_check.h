// From a layout as people write it to a flat list of placed bubbles.
#ifndef SIGHTLINE_SERVICES_GRADE_ENGINE_LAYOUT_CHECK_H_
#define SIGHTLINE_SERVICES_GRADE_ENGINE_LAYOUT_CHECK_H_

#include <set>
#include <string>
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

// What the pages of a sheet that were looked at have in them.
struct SheetSoFar {
  // Labels.
  std::set<std::string> fields;
  // Of codes and boxes.
  std::set<std::string> places;
  std::set<std::string> combined;
  // Numbers.
  int field_count = 0;
  int bubble_count = 0;

  bool Has(const std::string& label) const {
    return fields.count(label) + places.count(label) + combined.count(label) >
           0;
  }
};

// Expands the page `layout`, not those after it, into `expanded` and returns
// everything that is wrong or doubtful, at most 50 errors and 50 warnings.
// `expanded` is complete only if none of them is an error. `is_whole_sheet`:
// there are no other pages; otherwise combined fields are left out. What is on
// the page is added to `so_far`.
std::vector<LayoutProblem> ExpandLayout(const SheetLayout& layout,
                                        const LayoutLimits& limits,
                                        bool is_whole_sheet, SheetSoFar& so_far,
                                        ExpandedLayout& expanded);

// The same for all pages of a sheet, one after the other; combined fields,
// which may span them, are in the first. Never empty.
std::vector<LayoutProblem> ExpandPages(const SheetLayout& layout,
                                       const LayoutLimits& limits,
                                       std::vector<ExpandedLayout>& pages);

}  // namespace sightline::grade

#endif  // SIGHTLINE_SERVICES_GRADE_ENGINE_LAYOUT_CHECK_H_
