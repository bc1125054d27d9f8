// Blocks of a layout from a grid found on the page.
#ifndef SIGHTLINE_SERVICES_GRADE_ENGINE_PROPOSAL_GRID_BLOCK_H_
#define SIGHTLINE_SERVICES_GRADE_ENGINE_PROPOSAL_GRID_BLOCK_H_

#include <string>
#include <vector>

#include "services/grade/engine/layout.h"
#include "services/grade/engine/proposal/grid_finder.h"
#include "services/grade/engine/proposal/outline_evidence.h"
#include "services/grade/engine/proposal/value_direction.h"

namespace sightline::grade {

// A block without name and labels, and what is to be said of it.
struct GridBlock {
  // Values are filled in: A, B, C ...; none for a number.
  FieldBlock block;
  int fields = 0;
  int values = 0;
  bool is_number = false;
  double confidence = 1;
  std::vector<std::string> notes;
};

// The blocks of `grid`: one, or several where fields have different numbers of
// values, because places at their ends are not printed. `outlines` are those
// that the grid was found in.
std::vector<GridBlock> BlocksOf(const PrintView& view, const FoundGrid& grid,
                                const std::vector<FoundOutline>& outlines);

}  // namespace sightline::grade

#endif  // SIGHTLINE_SERVICES_GRADE_ENGINE_PROPOSAL_GRID_BLOCK_H_
