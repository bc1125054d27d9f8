// Separate dark things in an image, print or pen, whatever the light.
// Included by opencv_*.cc files only.
#ifndef SIGHTLINE_SERVICES_ALIGN_ENGINE_OPENCV_DARK_THINGS_H_
#define SIGHTLINE_SERVICES_ALIGN_ENGINE_OPENCV_DARK_THINGS_H_

#include <opencv2/core.hpp>
#include <vector>

namespace sightline::align {

struct DarkThings {
  // 255 where it is dark.
  cv::Mat binary;
  // Outer outlines, through the centres of the outermost dark pixels. Most
  // things have two: as they are, and solid with lines that run into them cut
  // off.
  std::vector<std::vector<cv::Point>> outlines;
};

// Things whose box measures between `min_size` and `max_size` pixels (the mean
// of its sides), and is about as wide as high.
DarkThings FindDarkThings(const cv::Mat& scene, double min_size,
                          double max_size);

}  // namespace sightline::align

#endif  // SIGHTLINE_SERVICES_ALIGN_ENGINE_OPENCV_DARK_THINGS_H_
