// The pages of a layout of several.
#ifndef SIGHTLINE_SERVICES_GRADE_PAGE_LAYOUTS_H_
#define SIGHTLINE_SERVICES_GRADE_PAGE_LAYOUTS_H_

#include <string>
#include <vector>

#include "services/grade/engine/layout.h"
#include "sightline/grade/v1/layout.pb.h"

namespace sightline::grade {

// Page `page` of a layout, SheetLayout.more_pages[0] being page 1.
const v1::SheetLayout& PageMessage(const v1::SheetLayout& message, int page);

// Where that page stands below the layout: "" or "more_pages[0]".
std::string PagePath(int page);

// Pages that grading will not be able to tell apart, as warnings: they do not
// both have a code, their bubbles and markers are the same, and there are no
// pictures of them that differ. `sheet` is that of the layout.
std::vector<LayoutProblem> CheckPagesDiffer(const v1::SheetLayout& message,
                                            const Sheet& sheet);

}  // namespace sightline::grade

#endif  // SIGHTLINE_SERVICES_GRADE_PAGE_LAYOUTS_H_
