// Registration marks in an image: copies of a given picture, rings, squares.
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
  // the same. Left at 0 by the functions below.
  int marker = 0;
};

// Sorts `candidates`, the best first, and drops those that lie within a better
// one and those beyond the first `most`.
void KeepBest(std::vector<MarkerCandidate>& candidates, int most);

// Places where `picture` is seen at its own size, in any of four quarter
// turns, the best first, at most `most`.
std::vector<MarkerCandidate> FindPictures(const GrayView& image,
                                          const GrayImage& picture,
                                          double min_score, int most);

// Isolated dark marks between `min_size` and `max_size` pixels that, brought to
// one size, look like `picture` in any of four quarter turns. Unlike
// FindPictures() it needs paper around the marks, but finds them at any size
// and foreshortened.
std::vector<MarkerCandidate> FindIsolatedPictures(const GrayView& image,
                                                  const GrayImage& picture,
                                                  double min_size,
                                                  double max_size,
                                                  double min_score, int most);

// Round or square dark marks (`kind` not kImage) between `min_size` and
// `max_size` pixels, the best first, at most `most`.
std::vector<MarkerCandidate> FindMarks(const GrayView& image, MarkerKind kind,
                                       double min_size, double max_size,
                                       int most);

}  // namespace sightline::align

#endif  // SIGHTLINE_SERVICES_ALIGN_ENGINE_OPENCV_MARKERS_H_
