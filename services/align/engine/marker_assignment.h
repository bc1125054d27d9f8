// Which of the marks seen in a scan is which marker of the page.
#ifndef SIGHTLINE_SERVICES_ALIGN_ENGINE_MARKER_ASSIGNMENT_H_
#define SIGHTLINE_SERVICES_ALIGN_ENGINE_MARKER_ASSIGNMENT_H_

#include <vector>

#include "common/geometry/homography.h"
#include "services/align/engine/opencv_markers.h"
#include "services/align/engine/reference.h"

namespace sightline::align {

// Whether two markers look the same, wherever they are.
bool LookSame(const Marker& a, const Marker& b);

// A way to assign marks to markers.
struct MarkerAssignment {
  Homography scan_to_page;
  // How well looks and sizes agree, 0..1.
  double score = 0;
};

// The likeliest assignments of `candidates` (scan pixels) to the outermost
// four markers, at most `most`, the best first; then as many to three of them,
// for the case that one is hidden: such that the
// page is plausible and the candidates' looks, sizes and turns agree with it.
std::vector<MarkerAssignment> AssignMarkers(
    const std::vector<Marker>& markers,
    const std::vector<MarkerCandidate>& candidates, PixelSize page,
    PixelSize scan, int most);

}  // namespace sightline::align

#endif  // SIGHTLINE_SERVICES_ALIGN_ENGINE_MARKER_ASSIGNMENT_H_
