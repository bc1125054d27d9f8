// Bubbles whose own print is hidden.
//
// An empty bubble shows the letter that its column shows. Where the letter is
// much paler than in the column's other bubbles something lies over it, such as
// correction fluid, glare or a mark that came out light together with the print
// under it; what the bubble holds can then not be told from its ink.
#ifndef SIGHTLINE_SERVICES_GRADE_ENGINE_COVERED_PRINT_H_
#define SIGHTLINE_SERVICES_GRADE_ENGINE_COVERED_PRINT_H_

#include <vector>

#include "services/grade/engine/empty_ink.h"

namespace sightline::grade {

// Per bubble whether its letter is hidden, as full marks hide it, too.
// `look_empty`: one per bubble; those that tell what is printed. `groups` and
// `columns`: how many there are. None where nothing is printed inside the
// bubbles, or where the scan loses letters anyway.
std::vector<bool> FindCovered(const std::vector<Ink>& bubbles,
                              const std::vector<bool>& look_empty, int groups,
                              int columns);

}  // namespace sightline::grade

#endif  // SIGHTLINE_SERVICES_GRADE_ENGINE_COVERED_PRINT_H_
