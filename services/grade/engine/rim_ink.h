// Ink on the outlines of bubbles.
//
// Copiers and fax machines drop faint pencil from within a bubble, but where it
// lies over the printed outline that comes out darker; and a tick may miss the
// inside altogether.
#ifndef SIGHTLINE_SERVICES_GRADE_ENGINE_RIM_INK_H_
#define SIGHTLINE_SERVICES_GRADE_ENGINE_RIM_INK_H_

#include <vector>

#include "services/grade/engine/empty_ink.h"

namespace sightline::grade {

// How remarkable the ink on every bubble's outline is: 1 and more is worth a
// look, 0 is what the group's empty bubbles have. `is_empty`: one per bubble;
// only those tell what is print. `groups`: how many there are.
std::vector<float> RimTraces(const std::vector<Ink>& bubbles,
                             const std::vector<bool>& is_empty, int groups);

}  // namespace sightline::grade

#endif  // SIGHTLINE_SERVICES_GRADE_ENGINE_RIM_INK_H_
