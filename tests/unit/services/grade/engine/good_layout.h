// A layout in which nothing is wrong, to be damaged by tests.
#ifndef SIGHTLINE_TESTS_UNIT_SERVICES_GRADE_ENGINE_GOOD_LAYOUT_H_
#define SIGHTLINE_TESTS_UNIT_SERVICES_GRADE_ENGINE_GOOD_LAYOUT_H_

#include <string>
#include <vector>

#include "services/grade/engine/layout.h"

namespace sightline::grade {

// Two questions of three values and a two-digit number.
SheetLayout GoodLayout();

// The paths of errors, or of warnings.
std::vector<std::string> Paths(const std::vector<LayoutProblem>& problems,
                               bool errors = true);

}  // namespace sightline::grade

#endif  // SIGHTLINE_TESTS_UNIT_SERVICES_GRADE_ENGINE_GOOD_LAYOUT_H_
