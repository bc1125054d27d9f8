// How dark empty bubbles and marks are on one page.
//
// Printed letters hold ink, pencils differ, scanners differ: nothing absolute
// tells a mark. But empty bubbles of one column carry the same letter, most of
// a page's empty bubbles are alike, and so are its marks.
#ifndef SIGHTLINE_SERVICES_GRADE_ENGINE_MARK_LEVELS_H_
#define SIGHTLINE_SERVICES_GRADE_ENGINE_MARK_LEVELS_H_

#include <vector>

#include "services/grade/engine/empty_ink.h"

namespace sightline::grade {

// What tells marks from empty bubbles in one group. All in excess ink: ink
// beyond that of an empty bubble of the same column.
struct GroupLevels {
  // Scatter (standard deviation, robust) of empty bubbles.
  double noise = 0;
  // Typical mark; 0 when the page has none.
  double mark = 0;
  // Below: empty beyond doubt.
  double empty_below = 0;
  // The same for a field in which nothing else is marked: where people answer
  // nearly everything, a trace in a blank field is worth a look.
  double blank_below = 0;
  // Ink beside a printed letter, at and above: shading, however light.
  double veiled_from = 1;
  // At and above: marked.
  double threshold = 0;
  // At and above: marked beyond doubt, unless its trace is less than
  // `trace_from`: letters that are out of place darken the paper beside them.
  double marked_from = 0;
  double trace_from = 0;
};

struct MarkLevels {
  // Per group.
  std::vector<GroupLevels> groups;
  // Per bubble: its excess ink; and the same by its fill alone, the steadier
  // measure where letters are blurred.
  std::vector<float> excess;
  std::vector<float> trace;
  // Per bubble: ink beside its letter beyond what is usual for that letter.
  std::vector<float> veil;
  // Per bubble: its printed letter is hidden; see FindCovered().
  std::vector<bool> is_covered;
  // Fill of the page's typical empty bubble, and of its typical mark (0 when
  // it has none).
  double empty_fill = 0;
  double mark_fill = 0;
  // The page's threshold in excess ink.
  double threshold = 0;
};

// Levels from all bubbles of a page. `columns` and `groups`: how many there
// are.
MarkLevels FindLevels(const std::vector<Ink>& bubbles, int groups, int columns);

}  // namespace sightline::grade

#endif  // SIGHTLINE_SERVICES_GRADE_ENGINE_MARK_LEVELS_H_
