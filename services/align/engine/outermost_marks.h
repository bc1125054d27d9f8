// Of many marks, the few that may be a page's markers.
//
// Rings and squares look like bubbles, and a sheet has hundreds of those. But
// its markers are all of one size, and outermost among the marks of that size.
#ifndef SIGHTLINE_SERVICES_ALIGN_ENGINE_OUTERMOST_MARKS_H_
#define SIGHTLINE_SERVICES_ALIGN_ENGINE_OUTERMOST_MARKS_H_

#include <vector>

#include "services/align/engine/opencv_markers.h"

namespace sightline::align {

// For each size that some of `marks` have in common, those that lie outermost,
// at most `most`, and at least 2: first the corners of the hull of all, then
// those of the hull of what lies within, as there may be strays around the
// page. Sizes overlap, as a tilted page shows its markers in several.
std::vector<std::vector<MarkerCandidate>> OutermostOfEachSize(
    std::vector<MarkerCandidate> marks, int most);

}  // namespace sightline::align

#endif  // SIGHTLINE_SERVICES_ALIGN_ENGINE_OUTERMOST_MARKS_H_
