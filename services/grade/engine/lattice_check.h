// Grids of bubbles repeat: a page that is one row or one column off matches
// nearly everywhere, and every answer is wrong. The ends of a grid tell: no
// print at one end, and print beyond the other.
#ifndef SIGHTLINE_SERVICES_GRADE_ENGINE_LATTICE_CHECK_H_
#define SIGHTLINE_SERVICES_GRADE_ENGINE_LATTICE_CHECK_H_

#include <functional>
#include <vector>

#include "services/grade/engine/displacement.h"
#include "services/grade/engine/layout.h"

namespace sightline::grade {

// Per group of `sheet`: whether it lies a whole step of its grid off. Groups
// that are no regular grid, or show no outlines, are not judged.
//
// `match` gives the agreement, 0..1, of bubble `b` of field `f`; `match_at`
// that of a bubble like it imagined at a page point.
std::vector<bool> FindStepErrors(
    const Sheet& sheet, const PrintModel& print,
    const std::function<double(int f, int b)>& match,
    const std::function<double(int f, int b, PixelPoint at)>& match_at);

}  // namespace sightline::grade

#endif  // SIGHTLINE_SERVICES_GRADE_ENGINE_LATTICE_CHECK_H_
