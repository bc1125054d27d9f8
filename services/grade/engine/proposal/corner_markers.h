// Four alike marks at the corners of a page, for registration.
#ifndef SIGHTLINE_SERVICES_GRADE_ENGINE_PROPOSAL_CORNER_MARKERS_H_
#define SIGHTLINE_SERVICES_GRADE_ENGINE_PROPOSAL_CORNER_MARKERS_H_

#include <vector>

#include "common/geometry/homography.h"
#include "services/grade/engine/proposal/bubble_finder.h"
#include "services/grade/engine/proposal/outline_evidence.h"

namespace sightline::grade {

struct CornerMarker {
  // A ring around a dark middle; otherwise a filled square.
  bool is_ring = false;
  PixelPoint center;
  PixelSize size;
};

// Squares or rings of one size, one near each corner of the page, on the
// corners of a rectangle: top left, top right, bottom left, bottom right.
// Empty if there are none. Thread-safe.
std::vector<CornerMarker> FindCornerMarkers(
    const PrintView& view, const std::vector<SolidPrint>& solids);

}  // namespace sightline::grade

#endif  // SIGHTLINE_SERVICES_GRADE_ENGINE_PROPOSAL_CORNER_MARKERS_H_
