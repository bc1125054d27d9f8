// How much ink a bubble holds beyond what an empty one would.
//
// Printed letters hold ink, and every letter another amount. Bubbles of one
// column carry the same letter, so its emptiest bubbles tell what is print.
#ifndef SIGHTLINE_SERVICES_GRADE_ENGINE_EMPTY_INK_H_
#define SIGHTLINE_SERVICES_GRADE_ENGINE_EMPTY_INK_H_

#include <vector>

namespace sightline::grade {

// One bubble's ink, relative to the paper: 0 white, 1 black.
struct Ink {
  int group = 0;
  // Bubbles with the same column carry the same printed letter; columns are
  // numbered through the page.
  int column = 0;
  // Mean over the bubble's inside.
  float fill = 0;
  // Of its lighter part, which a printed letter does not reach.
  float veil = 0;
  // Of its darkest part: of strokes, if there are any.
  float stroke = 0;
  // Mean over its outline.
  float rim = 0;
  // How much of the fill, and of the rim, may be a shadow.
  float shadow = 0;
  float rim_shadow = 0;
  // Filled where that takes a mark back: no mark to learn from.
  bool is_cancelled = false;
  // False for a bubble that could not be measured; it counts nowhere.
  bool is_usable = false;

  // At a shadow's edge a bubble does not tell what print looks like.
  bool IsShaded() const { return shadow > 0.02f; }
};

// Ink beyond that of an empty bubble of the same column.
struct ExcessInk {
  // By fill and veil together: what marks are told by.
  float excess = 0;
  // By the fill alone, the steadier measure where letters are blurred: what
  // faint traces are told by.
  float trace = 0;
  // Its veil is that of an empty bubble; ticks and traces look empty, too.
  bool looks_empty = false;
  // Its letter is hidden; see FindCovered().
  bool is_covered = false;
};

struct EmptyInk {
  // One per bubble; zeros for unusable ones.
  std::vector<ExcessInk> bubbles;
  // Fill of the page's typical empty bubble.
  float empty_fill = 0;
};

// Compares every bubble with the empty ones of its column, or of its group
// where the column has too few. `groups` and `columns`: how many there are.
EmptyInk FindEmptyInk(const std::vector<Ink>& bubbles, int groups, int columns);

}  // namespace sightline::grade

#endif  // SIGHTLINE_SERVICES_GRADE_ENGINE_EMPTY_INK_H_
