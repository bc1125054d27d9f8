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

// Whether two positions of the page (scan to page) are as good as the same.
bool IsSame(const Homography& a, const Homography& b, PixelSize scan,
            PixelSize page);

// A way to assign marks to markers.
struct MarkerAssignment {
  Homography scan_to_page;
  // How well looks and sizes agree, 0..1.
  double score = 0;
};

// The likeliest assignments of `count` marks of one of `groups` (scan pixels)
// to as many of the outermost four markers, at most `most`, the best first. In
// each the page is plausible, the marks' looks, sizes and turns agree with it,
// and it lies elsewhere than in those before. `count` is 4, 3 or 2: with 3 no
// perspective is seen, with 2 no shear either.
std::vector<MarkerAssignment> AssignMarkers(
    const std::vector<Marker>& markers,
    const std::vector<std::vector<MarkerCandidate>>& groups, int count,
    PixelSize page, PixelSize scan, int most);

}  // namespace sightline::align

#endif  // SIGHTLINE_SERVICES_ALIGN_ENGINE_MARKER_ASSIGNMENT_H_
