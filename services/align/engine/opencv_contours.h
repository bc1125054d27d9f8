// Outlines in an image.
#ifndef SIGHTLINE_SERVICES_ALIGN_ENGINE_OPENCV_CONTOURS_H_
#define SIGHTLINE_SERVICES_ALIGN_ENGINE_OPENCV_CONTOURS_H_

#include <vector>

#include "services/align/engine/proposal.h"
#include "services/align/engine/sampling.h"

namespace sightline::align {

// Large convex four-sided outlines, found in several binarisations, the
// largest first, doubles left out. At most `max_quads`. Each begins at the
// corner nearest to the image's top left.
std::vector<Quad> FindPageOutlines(const GrayView& image, int max_quads);

}  // namespace sightline::align

#endif  // SIGHTLINE_SERVICES_ALIGN_ENGINE_OPENCV_CONTOURS_H_
