// Outlines in an image.
#ifndef SIGHTLINE_SERVICES_ALIGN_ENGINE_OPENCV_CONTOURS_H_
#define SIGHTLINE_SERVICES_ALIGN_ENGINE_OPENCV_CONTOURS_H_

#include <array>
#include <vector>

#include "common/geometry/homography.h"
#include "services/align/engine/sampling.h"

namespace sightline::align {

// Four corners, clockwise on the screen, the one nearest to the image's top
// left first. Corner-based pixels.
using Quad = std::array<PixelPoint, 4>;

// Large convex four-sided outlines, found in several binarisations, the
// largest first, doubles left out. At most `max_quads`.
std::vector<Quad> FindPageOutlines(const GrayView& image, int max_quads);

}  // namespace sightline::align

#endif  // SIGHTLINE_SERVICES_ALIGN_ENGINE_OPENCV_CONTOURS_H_
