// What OMRChecker's files leave open of a printed sheet.
//
// bubbleDimensions is a box whose darkness OMRChecker averages, not the size
// of what is printed; nothing says whether that is round or square; and
// markers may be printed at 35 to 100 % of the size given. OMRChecker gets by
// without knowing, as it verifies nothing.
#ifndef SIGHTLINE_SERVICES_GRADE_OMRCHECKER_APPEARANCE_H_
#define SIGHTLINE_SERVICES_GRADE_OMRCHECKER_APPEARANCE_H_

#include <vector>

#include "services/grade/omrchecker/pre_processors.h"
#include "sightline/grade/v1/layout.pb.h"
#include "sightline/grade/v1/omrchecker.pb.h"

namespace sightline::grade::omrchecker {

// The appearances to try, the likeliest first; the first is the layout's own.
std::vector<v1::SheetAppearance> AppearancesOf(PageSource source);

// `layout` as it looks in that appearance: bubbles no larger than fits, as
// they must not overlap or leave the page.
v1::SheetLayout WithAppearance(const v1::SheetLayout& layout,
                               const v1::SheetAppearance& appearance);

}  // namespace sightline::grade::omrchecker

#endif  // SIGHTLINE_SERVICES_GRADE_OMRCHECKER_APPEARANCE_H_
