#include "services/align/engine/opencv_bars.h"

#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>
#include <utility>

#include "services/align/engine/opencv_matrix.h"

namespace sightline::align {
namespace {

// How much darker than its surroundings ink is, gray levels; as for other
// marks.
constexpr double kMinDarkness = 8;
// A bar's area relative to that of the smallest rectangle around it.
constexpr double kMinFill = 0.72;

}  // namespace

std::vector<Bar> FindBars(const GrayView& image, const BarLimits& limits,
                          int most) {
  const cv::Mat scene = AsMatrix(image);
  cv::Mat dark;
  // Against the mean of a neighbourhood larger than any bar.
  const int block = std::max(3, 2 * static_cast<int>(limits.max_length) + 1);
  cv::adaptiveThreshold(scene, dark, 255, cv::ADAPTIVE_THRESH_MEAN_C,
                        cv::THRESH_BINARY_INV, block, kMinDarkness);
  std::vector<std::vector<cv::Point>> contours;
  std::vector<cv::Vec4i> hierarchy;
  cv::findContours(dark, contours, hierarchy, cv::RETR_CCOMP,
                   cv::CHAIN_APPROX_SIMPLE);
  std::vector<Bar> bars;
  for (size_t i = 0; i < contours.size(); ++i) {
    const std::vector<cv::Point>& contour = contours[i];
    const bool is_hole = hierarchy[i][3] >= 0;
    const bool has_hole = hierarchy[i][2] >= 0;
    if (is_hole || has_hole) continue;
    const cv::Rect box = cv::boundingRect(contour);
    if (box.width + box.height < limits.min_length ||
        std::max(box.width, box.height) > limits.max_length) {
      continue;
    }
    const cv::RotatedRect tight = cv::minAreaRect(contour);
    // A contour runs through pixel centres: half a pixel inside the outline.
    double length = tight.size.width + 1;
    double width = tight.size.height + 1;
    double degrees = tight.angle;
    if (length < width) {
      std::swap(length, width);
      degrees += 90;
    }
    const double ratio = length / width;
    if (length < limits.min_length || length > limits.max_length ||
        ratio < limits.min_ratio || ratio > limits.max_ratio) {
      continue;
    }
    const double area =
        cv::contourArea(contour) + cv::arcLength(contour, true) / 2 + 1;
    if (area < kMinFill * length * width) continue;
    bars.push_back({{tight.center.x + 0.5, tight.center.y + 0.5},
                    length,
                    width,
                    degrees * M_PI / 180});
  }
  std::stable_sort(bars.begin(), bars.end(), [](const Bar& a, const Bar& b) {
    return a.length * a.width > b.length * b.width;
  });
  if (static_cast<int>(bars.size()) > most) bars.resize(most);
  return bars;
}

}  // namespace sightline::align
