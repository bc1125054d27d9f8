#include "services/align/engine/opencv_markers.h"

#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>

#include "services/align/engine/opencv_dark_things.h"
#include "services/align/engine/opencv_matrix.h"

namespace sightline::align {
namespace {

// A mark's area relative to that of the ideal shape of its box.
constexpr double kMinFill = 0.86;
constexpr double kMaxFill = 1.12;

// How dark a contour's rim is against the paper around it, 0..1.
double RimContrast(const cv::Mat& image, const cv::Rect& box) {
  const int margin = std::max(2, box.width / 5);
  const cv::Rect wide =
      cv::Rect(box.x - margin, box.y - margin, box.width + 2 * margin,
               box.height + 2 * margin) &
      cv::Rect(0, 0, image.cols, image.rows);
  double least;
  double most;
  cv::minMaxLoc(image(wide), &least, &most);
  return most > 0 ? (most - least) / most : 0;
}

// Keeps the first `most` of `candidates` that don't lie within an earlier one.
void KeepFirst(std::vector<MarkerCandidate>& candidates, int most) {
  std::vector<MarkerCandidate> kept;
  for (const MarkerCandidate& candidate : candidates) {
    if (static_cast<int>(kept.size()) == most) break;
    const bool is_known = std::any_of(
        kept.begin(), kept.end(), [&](const MarkerCandidate& other) {
          const double dx = other.center.x - candidate.center.x;
          const double dy = other.center.y - candidate.center.y;
          const double within = 0.5 * std::max(other.size, candidate.size);
          return dx * dx + dy * dy < within * within;
        });
    if (!is_known) kept.push_back(candidate);
  }
  candidates = std::move(kept);
}

// A mark within a mark, such as the inner one of two rings, is a part of it.
void KeepLargest(std::vector<MarkerCandidate>& candidates, int most) {
  std::stable_sort(candidates.begin(), candidates.end(),
                   [](const MarkerCandidate& a, const MarkerCandidate& b) {
                     return a.size > b.size;
                   });
  KeepFirst(candidates, most);
}

}  // namespace

void KeepBest(std::vector<MarkerCandidate>& candidates, int most) {
  std::stable_sort(candidates.begin(), candidates.end(),
                   [](const MarkerCandidate& a, const MarkerCandidate& b) {
                     return a.score > b.score;
                   });
  KeepFirst(candidates, most);
}

std::vector<MarkerCandidate> FindMarks(const GrayView& image, MarkerKind kind,
                                       double min_size, double max_size,
                                       int most) {
  std::vector<MarkerCandidate> candidates;
  const cv::Mat scene = AsMatrix(image);
  const DarkThings things = FindDarkThings(scene, min_size, max_size);
  for (const std::vector<cv::Point>& contour : things.outlines) {
    const cv::Rect box = cv::boundingRect(contour);
    // A contour runs through pixel centres: half a pixel inside the outline.
    const cv::RotatedRect tight = cv::minAreaRect(contour);
    const double width = tight.size.width + 1;
    const double height = tight.size.height + 1;
    const double area =
        cv::contourArea(contour) + cv::arcLength(contour, true) / 2 + 1;
    const bool is_ring = kind == MarkerKind::kRing;
    const double ideal = width * height * (is_ring ? M_PI / 4 : 1);
    const double fill = area / ideal;
    if (fill < kMinFill || fill > kMaxFill) continue;
    double darkness = 1;
    if (!is_ring) {
      // A square is black inside; an outline of a box is not.
      const cv::Rect core(box.x + box.width / 4, box.y + box.height / 4,
                          std::max(1, box.width / 2),
                          std::max(1, box.height / 2));
      darkness = cv::mean(things.binary(core))[0] / 255;
      if (darkness < 0.9) continue;
    }
    const cv::Moments moments = cv::moments(contour);
    if (moments.m00 <= 0) continue;
    const double aspect = std::max(width, height) / std::min(width, height);
    candidates.push_back(
        {{moments.m10 / moments.m00 + 0.5, moments.m01 / moments.m00 + 0.5},
         (width + height) / 2,
         RimContrast(scene, box) * darkness * (1 - std::abs(1 - fill)) / aspect,
         std::nullopt});
  }
  KeepLargest(candidates, most);
  return candidates;
}

}  // namespace sightline::align
