// Solid dark bars in an image.
#ifndef SIGHTLINE_SERVICES_ALIGN_ENGINE_OPENCV_BARS_H_
#define SIGHTLINE_SERVICES_ALIGN_ENGINE_OPENCV_BARS_H_

#include <vector>

#include "services/align/engine/sampling.h"
#include "services/align/engine/timing_tracks.h"

namespace sightline::align {

// What a bar may measure, pixels and as length to width.
struct BarLimits {
  double min_length = 0;
  double max_length = 0;
  double min_ratio = 0;
  double max_ratio = 0;
};

// Filled dark rectangles in any turn, at most `most`, the largest first.
std::vector<Bar> FindBars(const GrayView& image, const BarLimits& limits,
                          int most);

}  // namespace sightline::align

#endif  // SIGHTLINE_SERVICES_ALIGN_ENGINE_OPENCV_BARS_H_
