// In which direction the values of a grid follow each other.
//
// What is printed in the bubbles tells: where a row reads A B C D and the next
// one the same, bubbles below each other look alike and bubbles beside each
// other do not; in a column of digits it is the other way round.
#ifndef SIGHTLINE_SERVICES_GRADE_ENGINE_PROPOSAL_VALUE_DIRECTION_H_
#define SIGHTLINE_SERVICES_GRADE_ENGINE_PROPOSAL_VALUE_DIRECTION_H_

#include <string>
#include <vector>

#include "services/grade/engine/proposal/grid_finder.h"
#include "services/grade/engine/proposal/outline_evidence.h"

namespace sightline::grade {

// What a grid's bubbles mean, as far as it shows.
struct GridMeaning {
  // Values follow each other downwards, fields to the right; otherwise values
  // to the right and fields downwards.
  bool values_run_down = false;
  // Columns of ten that run down: digits of a number.
  bool is_number = false;
  // How sure that is, 0..1.
  double confidence = 1;
  // Why it is not sure, for a person; empty if it is.
  std::string doubt;
};

// Likeness of the print in neighbouring bubbles, -1..1; 0 where there is none.
struct PrintLikeness {
  double in_rows = 0;
  double in_columns = 0;
  // Most bubbles have something printed in them.
  bool has_print = false;
};

PrintLikeness ComparePrint(const PrintView& view, const FoundGrid& grid,
                           const std::vector<FoundOutline>& outlines);

GridMeaning MeaningOf(const FoundGrid& grid, const PrintLikeness& likeness);

}  // namespace sightline::grade

#endif  // SIGHTLINE_SERVICES_GRADE_ENGINE_PROPOSAL_VALUE_DIRECTION_H_
