// The image operations that OpenCV does for the align engine.
//
// OpenCV is included in opencv_*.cc files only. They convert between its
// centre-based coordinates and our corner-based ones; resizing needs no
// conversion, since OpenCV resizes corner to corner. Functions here may throw
// cv::Exception or std::bad_alloc, which the module border turns into a
// status (guarded.h).
#ifndef SIGHTLINE_SERVICES_ALIGN_ENGINE_OPENCV_IMAGE_H_
#define SIGHTLINE_SERVICES_ALIGN_ENGINE_OPENCV_IMAGE_H_

#include <vector>

#include "common/image/image.h"
#include "services/align/engine/sampling.h"

namespace sightline::align {

// `image` at width x height: averaged where it shrinks, bilinear where it
// grows.
GrayImage Resized(const GrayView& image, int width, int height);

// Contrast-limited adaptive histogram equalisation, limit 3.0, 8x8 tiles:
// evens out light and shade.
GrayImage EvenIllumination(const GrayView& image);

// For each pixel the smaller eigenvalue of the gradient covariance in a
// (block x block) neighbourhood: high at corners, 0 on edges and plain paper.
std::vector<float> CornerStrength(const GrayView& image, int block);

}  // namespace sightline::align

#endif  // SIGHTLINE_SERVICES_ALIGN_ENGINE_OPENCV_IMAGE_H_
