// Registration marks in an image: rings and squares. Pictures: see
// opencv_pictures.h.
#ifndef SIGHTLINE_SERVICES_ALIGN_ENGINE_OPENCV_MARKERS_H_
#define SIGHTLINE_SERVICES_ALIGN_ENGINE_OPENCV_MARKERS_H_

#include <optional>
#include <vector>

#include "common/geometry/homography.h"
#include "common/image/image.h"
#include "services/align/engine/reference.h"
#include "services/align/engine/sampling.h"

namespace sightline::align {

// Something that looks like a marker.
struct MarkerCandidate {
  // Corner-based pixels of the image.
  PixelPoint center;
  // Mean of width and height, pixels.
  double size = 0;
  // 0..1: how much it looks like one.
  double score = 0;
  // Clockwise quarter turns of the picture it looks like, where they differ.
  std::optional<int> quarter_turns = std::nullopt;
  // Which marker of the reference it looks like: the first of those that look
  // the same. Left at 0 by whoever finds
  // it.
  int marker = 0;
};

// Sorts `candidates`, the best first, and drops those that lie within a better
// one and those beyond the first `most`.
void KeepBest(std::vector<MarkerCandidate>& candidates, int most);

// Round or square dark marks (`kind` not kImage) between `min_size` and
// `max_size` pixels, the largest first, at most `most`. Bubbles are among them.
std::vector<MarkerCandidate> FindMarks(const GrayView& image, MarkerKind kind,
                                       double min_size, double max_size,
                                       int most);

}  // namespace sightline::align

#endif  // SIGHTLINE_SERVICES_ALIGN_ENGINE_OPENCV_MARKERS_H_
