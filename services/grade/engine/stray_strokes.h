// Lines through bubbles that are no marks of a page's kind.
#ifndef SIGHTLINE_SERVICES_GRADE_ENGINE_STRAY_STROKES_H_
#define SIGHTLINE_SERVICES_GRADE_ENGINE_STRAY_STROKES_H_

#include <vector>

#include "services/grade/engine/bubble_measure.h"
#include "services/grade/engine/layout.h"
#include "services/grade/engine/mark_levels.h"

namespace sightline::grade {

// Whether a line through a bubble is out of the ordinary: where forms have
// rules between their bubbles, or people mark by strokes, it is not.
// `measures`: one per bubble of `sheet`. Thread-safe.
bool StrokesStray(const Sheet& sheet,
                  const std::vector<BubbleMeasure>& measures,
                  const MarkLevels& levels);

}  // namespace sightline::grade

#endif  // SIGHTLINE_SERVICES_GRADE_ENGINE_STRAY_STROKES_H_
