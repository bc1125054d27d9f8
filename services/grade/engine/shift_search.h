// Looks for printed outlines in the line maps of a group's tiles.
//
// Adding up the line maps of neighbouring bubbles makes their common outline
// stand out and drowns letters, marks and noise.
#ifndef SIGHTLINE_SERVICES_GRADE_ENGINE_SHIFT_SEARCH_H_
#define SIGHTLINE_SERVICES_GRADE_ENGINE_SHIFT_SEARCH_H_

#include <vector>

#include "services/grade/engine/bubble_tiles.h"
#include "services/grade/engine/group_print.h"
#include "services/grade/engine/outline.h"

namespace sightline::grade {

// The largest shift in either direction, samples.
constexpr int kMaxShift = 10;

// How far a shift may be from where it is expected.
struct ShiftRange {
  int x = kMaxShift;
  int y = kMaxShift;
};

struct FoundShift {
  Shift shift;
  float score = -1;
};

// The best place of `outline` on `map` within `range` of `around`. Far shifts
// must be better by a little: of two equal outlines the nearer one is meant.
FoundShift SearchShift(const LineMap& map, const Outline& outline, Shift around,
                       ShiftRange range);

// Distances between neighbouring bubbles of a group, page units; huge where
// there are none.
struct BubbleGaps {
  double x = 1e9;
  double y = 1e9;
};
BubbleGaps GapsOf(const std::vector<Tile>& tiles);

// Finds one group's printed size, which it writes to `print`, and the shifts
// of its tiles; `maps` holds the mean line map of each. Neither can reach a
// neighbour: shifts stay below half of `gaps`, sizes below them. Returns, for
// every bubble of the tiles in their order, where to look for it.
std::vector<Shift> SearchGroup(const std::vector<LineMap>& maps,
                               const BubbleGaps& gaps, std::vector<Tile>& tiles,
                               GroupPrint& print);

}  // namespace sightline::grade

#endif  // SIGHTLINE_SERVICES_GRADE_ENGINE_SHIFT_SEARCH_H_
