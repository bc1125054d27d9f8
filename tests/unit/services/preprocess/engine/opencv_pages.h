// Pages as OpenCV takes them.
#ifndef SIGHTLINE_TESTS_UNIT_SERVICES_PREPROCESS_ENGINE_OPENCV_PAGES_H_
#define SIGHTLINE_TESTS_UNIT_SERVICES_PREPROCESS_ENGINE_OPENCV_PAGES_H_

#include <cstring>
#include <opencv2/core.hpp>

#include "common/image/image.h"

namespace sightline::preprocess {

// The same pixels; `image` must outlive it.
inline cv::Mat AsMatrix(const GrayImage& image) {
  return cv::Mat(image.height(), image.width(), CV_8UC1,
                 const_cast<uint8_t*>(image.data()));
}

inline GrayImage AsImage(const cv::Mat& matrix) {
  GrayImage image(matrix.cols, matrix.rows);
  for (int y = 0; y < matrix.rows; ++y) {
    std::memcpy(image.row(y), matrix.ptr(y), static_cast<size_t>(matrix.cols));
  }
  return image;
}

}  // namespace sightline::preprocess

#endif  // SIGHTLINE_TESTS_UNIT_SERVICES_PREPROCESS_ENGINE_OPENCV_PAGES_H_
