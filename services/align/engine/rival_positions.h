// Wrong positions of a page that look almost like the right one.
//
// Answer sheets are lattices of equal bubbles: shifted by one bubble, nearly
// every bubble lies on a bubble again. What tells the two apart is only what
// lies at the lattice's borders: bubbles that the right position explains and
// the shifted one does not, and places where the shifted one expects bubbles
// and the paper is blank.
#ifndef SIGHTLINE_SERVICES_ALIGN_ENGINE_RIVAL_POSITIONS_H_
#define SIGHTLINE_SERVICES_ALIGN_ENGINE_RIVAL_POSITIONS_H_

#include <vector>

#include "common/geometry/homography.h"
#include "services/align/engine/reference.h"

namespace sightline::align {

// "The page lies so that what we take for page point p is page_to_rival(p)."
struct RivalPosition {
  Homography page_to_rival;
  // Shapes (indices) that only our position explains.
  std::vector<int> ours;
  // Page points, in our position's coordinates, where only the rival expects a
  // shape; `theirs_shape` says which. Points outside the page are left out.
  std::vector<PixelPoint> theirs;
  std::vector<int> theirs_shape;
};

// The other orientations of the page, the orientations of the bubbles that
// make the most of them fall on bubbles wherever they then lie, and the shifts
// that do (at least `min_overlap` of them, at most `max_shifts` shifts). With
// no shapes, the three orientations.
std::vector<RivalPosition> FindRivalPositions(
    const std::vector<PrintedShape>& shapes, PixelSize page,
    double min_overlap = 0.35, int max_shifts = 16);

}  // namespace sightline::align

#endif  // SIGHTLINE_SERVICES_ALIGN_ENGINE_RIVAL_POSITIONS_H_
