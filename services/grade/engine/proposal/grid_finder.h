// Regular grids among outlines found on a page.
//
// Outlines of about one size are cut apart at the empty strips between them,
// the widest first, until what is left is evenly spaced in both directions. A
// strip that is as wide as the spacing beside it is part of a grid and is not
// cut. Places of a grid where no outline was found stay open: somebody looks
// at the page there.
#ifndef SIGHTLINE_SERVICES_GRADE_ENGINE_PROPOSAL_GRID_FINDER_H_
#define SIGHTLINE_SERVICES_GRADE_ENGINE_PROPOSAL_GRID_FINDER_H_

#include <vector>

#include "common/geometry/homography.h"
#include "services/grade/engine/layout.h"
#include "services/grade/engine/proposal/bubble_finder.h"

namespace sightline::grade {

// Outlines at origin + (column * column_gap, row * row_gap). Page pixels.
struct FoundGrid {
  PixelPoint origin;
  // 0 with a single column, or row.
  double column_gap = 0;
  double row_gap = 0;
  int columns = 0;
  int rows = 0;
  // Mean size of its outlines, and the shape of most.
  PixelSize size;
  BubbleShape shape = BubbleShape::kEllipse;
  // Per place, row by row: index of the outline, or -1.
  std::vector<int> outlines;
  int found = 0;
  // Of the other places, those with a solid spot.
  int filled = 0;
  // Greatest distance of an outline from its place, pixels, in x or y.
  double deviation = 0;

  PixelPoint At(int row, int column) const {
    return {origin.x + column * column_gap, origin.y + row * row_gap};
  }
  int OutlineAt(int row, int column) const {
    return outlines[static_cast<size_t>(row) * columns + column];
  }
};

struct GridSearch {
  // Grids that do not lie in each other, the surest first.
  std::vector<FoundGrid> grids;
  // Outlines that look like the grids' bubbles and stand alone: indices.
  std::vector<int> alone;
  // How far the grids' rows and columns are turned clockwise against the
  // page's edges, degrees.
  double tilt_degrees = 0;
};

// Thread-safe, deterministic; time is bounded by O(n log n) steps per cut.
GridSearch FindGrids(const std::vector<FoundOutline>& outlines);

}  // namespace sightline::grade

#endif  // SIGHTLINE_SERVICES_GRADE_ENGINE_PROPOSAL_GRID_FINDER_H_
