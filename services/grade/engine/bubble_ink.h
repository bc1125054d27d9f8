// A page's bubbles as ink: measured grays relative to the paper around them.
#ifndef SIGHTLINE_SERVICES_GRADE_ENGINE_BUBBLE_INK_H_
#define SIGHTLINE_SERVICES_GRADE_ENGINE_BUBBLE_INK_H_

#include <vector>

#include "services/grade/engine/bubble_measure.h"
#include "services/grade/engine/empty_ink.h"
#include "services/grade/engine/layout.h"

namespace sightline::grade {

// Paper darker than this, of 255, shows no marks.
inline constexpr float kDarkestPaper = 8;

// One per bubble of `sheet`, field by field, as `measures` are. Bubbles of a
// group with the same value form a column: they carry the same printed letter.
// `columns`: how many there are.
std::vector<Ink> FindInks(const Sheet& sheet,
                          const std::vector<BubbleMeasure>& measures,
                          int* columns);

}  // namespace sightline::grade

#endif  // SIGHTLINE_SERVICES_GRADE_ENGINE_BUBBLE_INK_H_
