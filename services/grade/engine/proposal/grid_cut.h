// Cuts points apart until what is left is evenly spaced.
#ifndef SIGHTLINE_SERVICES_GRADE_ENGINE_PROPOSAL_GRID_CUT_H_
#define SIGHTLINE_SERVICES_GRADE_ENGINE_PROPOSAL_GRID_CUT_H_

#include <vector>

#include "common/geometry/homography.h"

namespace sightline::grade {

// Points on evenly spaced rows and columns; some places may be empty.
struct PointGrid {
  int rows = 0;
  int columns = 0;
  // Of each point: its index, and its place.
  struct Member {
    int point = 0;
    int row = 0;
    int column = 0;
  };
  std::vector<Member> members;
};

struct PointGrids {
  std::vector<PointGrid> grids;
  // Points of no grid.
  std::vector<int> alone;
};

// Grids among `points`, which stand for boxes of `size`: at least two rows and
// columns with most places taken, or a line of at least four without a gap.
// Boxes of a grid do not touch, and lie at most six of their sizes apart.
// Rows must be level (see RowSlope()). Deterministic.
PointGrids CutIntoGrids(const std::vector<PixelPoint>& points, PixelSize size);

// How steep the rows of most points are, y per x: from neighbours in rows and
// in columns of boxes of `size`. 0 with fewer than four pairs of neighbours.
// `pairs` grows by their number. Good for slopes up to 0.08.
double RowSlope(const std::vector<PixelPoint>& points, PixelSize size,
                int* pairs);

}  // namespace sightline::grade

#endif  // SIGHTLINE_SERVICES_GRADE_ENGINE_PROPOSAL_GRID_CUT_H_
