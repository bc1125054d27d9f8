// Between our types and OpenCV's. Included by opencv_*.cc files only.
#ifndef SIGHTLINE_SERVICES_ALIGN_ENGINE_OPENCV_MATRIX_H_
#define SIGHTLINE_SERVICES_ALIGN_ENGINE_OPENCV_MATRIX_H_

#include <opencv2/core.hpp>

#include "common/image/image.h"
#include "services/align/engine/sampling.h"

namespace sightline::align {

// The pixels of `view`, not copied. OpenCV has no matrix of const data: the
// caller must not write to it.
inline cv::Mat AsMatrix(const GrayView& view) {
  return cv::Mat(view.height, view.width, CV_8UC1,
                 const_cast<uint8_t*>(view.pixels),
                 static_cast<size_t>(view.stride_bytes));
}

// A matrix that OpenCV may write to, backed by `image`.
inline cv::Mat AsWritableMatrix(GrayImage& image) {
  return cv::Mat(image.height(), image.width(), CV_8UC1, image.data());
}

}  // namespace sightline::align

#endif  // SIGHTLINE_SERVICES_ALIGN_ENGINE_OPENCV_MATRIX_H_
