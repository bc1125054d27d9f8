// Blocks that lie, or whose bubbles are spaced, unlike the rest of their page.
//
// Feeders, copiers and cameras move and stretch a page as a whole, or smoothly.
// Where what was found of one block lies elsewhere than what was found of the
// others, or as far away as was looked, it may not be this block's print. Where
// it is wider or narrower, the layout was measured wrongly or belongs to
// another edition of the form, and nothing says that its values are named
// rightly either.
#ifndef SIGHTLINE_SERVICES_GRADE_ENGINE_MISFIT_H_
#define SIGHTLINE_SERVICES_GRADE_ENGINE_MISFIT_H_

#include <vector>

#include "services/grade/engine/displacement.h"
#include "services/grade/engine/layout.h"

namespace sightline::grade {

// Per group of `sheet`: whether it is displaced or stretched unlike the page's
// others, which takes three groups with outlines, or as far away as was looked.
// Groups without outlines are not judged. Thread-safe.
std::vector<bool> FindMisfits(const Sheet& sheet, const PrintModel& print);

}  // namespace sightline::grade

#endif  // SIGHTLINE_SERVICES_GRADE_ENGINE_MISFIT_H_
