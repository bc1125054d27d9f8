// Dark four-sided things in an image, such as ArUco markers.
#ifndef SIGHTLINE_SERVICES_ALIGN_ENGINE_OPENCV_QUADS_H_
#define SIGHTLINE_SERVICES_ALIGN_ENGINE_OPENCV_QUADS_H_

#include <vector>

#include "services/align/engine/proposal.h"
#include "services/align/engine/sampling.h"

namespace sightline::align {

// Those whose box measures between `min_size` and `max_size` pixels (the mean
// of its sides), with paper around them. Corners to about a pixel, clockwise
// on the screen, begun at any of them.
std::vector<Quad> FindDarkQuads(const GrayView& image, double min_size,
                                double max_size);

// Moves each corner of `quad` to where the edges near it meet, at most some
// pixels away.
Quad RefineCorners(const GrayView& image, const Quad& quad);

}  // namespace sightline::align

#endif  // SIGHTLINE_SERVICES_ALIGN_ENGINE_OPENCV_QUADS_H_
