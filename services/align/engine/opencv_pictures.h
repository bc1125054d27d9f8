// Copies of a given picture in an image.
#ifndef SIGHTLINE_SERVICES_ALIGN_ENGINE_OPENCV_PICTURES_H_
#define SIGHTLINE_SERVICES_ALIGN_ENGINE_OPENCV_PICTURES_H_

#include <vector>

#include "common/image/image.h"
#include "services/align/engine/opencv_markers.h"
#include "services/align/engine/sampling.h"

namespace sightline::align {

// Places where `picture` is seen at its own size, in any of four quarter
// turns, the best first, at most `most`.
std::vector<MarkerCandidate> FindPictures(const GrayView& image,
                                          const GrayImage& picture,
                                          double min_score, int most);

// Isolated dark marks between `min_size` and `max_size` pixels that, brought to
// one size, look like `picture` in any of four quarter turns; where the picture
// has a straight edge, in any turn. Unlike FindPictures() it needs paper around
// the marks, but finds them at any size and foreshortened.
std::vector<MarkerCandidate> FindIsolatedPictures(const GrayView& image,
                                                  const GrayImage& picture,
                                                  double min_size,
                                                  double max_size,
                                                  double min_score, int most);

}  // namespace sightline::align

#endif  // SIGHTLINE_SERVICES_ALIGN_ENGINE_OPENCV_PICTURES_H_
