#include "services/align/engine/opencv_fit.h"

#include <cmath>
#include <opencv2/calib3d.hpp>

namespace sightline::align {
namespace {

constexpr int kMaxIterations = 2000;
constexpr double kRansacConfidence = 0.995;

struct Points {
  std::vector<cv::Point2f> from;
  std::vector<cv::Point2f> to;
};

// Corner-based on both sides: a fit does not care where the origin is.
Points Split(const std::vector<PointPair>& pairs) {
  Points points;
  for (const PointPair& pair : pairs) {
    points.from.emplace_back(pair.from.x, pair.from.y);
    points.to.emplace_back(pair.to.x, pair.to.y);
  }
  return points;
}

// Counts what agrees with `map` ourselves: OpenCV's mask belongs to the map
// before its last refinement.
std::optional<Fit> WithInliers(const Homography& map,
                               const std::vector<PointPair>& pairs,
                               double tolerance) {
  Fit fit{map, {}, 0};
  double sum = 0;
  for (int i = 0; i < static_cast<int>(pairs.size()); ++i) {
    const PixelPoint mapped = map.Map(pairs[i].from);
    const double dx = mapped.x - pairs[i].to.x;
    const double dy = mapped.y - pairs[i].to.y;
    const double squared = dx * dx + dy * dy;
    if (!(squared <= tolerance * tolerance)) continue;
    fit.inliers.push_back(i);
    sum += squared;
  }
  if (fit.inliers.empty()) return std::nullopt;
  fit.rms = std::sqrt(sum / fit.inliers.size());
  return fit;
}

}  // namespace

std::optional<Fit> FitHomography(const std::vector<PointPair>& pairs,
                                 double tolerance) {
  if (pairs.size() < 4) return std::nullopt;
  const Points points = Split(pairs);
  const cv::Mat found =
      cv::findHomography(points.from, points.to, cv::RANSAC, tolerance,
                         cv::noArray(), kMaxIterations, kRansacConfidence);
  if (found.empty()) return std::nullopt;
  std::array<double, 9> values;
  for (int i = 0; i < 9; ++i) {
    values[i] = found.at<double>(i / 3, i % 3);
    if (!std::isfinite(values[i])) return std::nullopt;
  }
  return WithInliers(Homography(values), pairs, tolerance);
}

std::optional<Fit> FitSimilarity(const std::vector<PointPair>& pairs,
                                 double tolerance) {
  if (pairs.size() < 2) return std::nullopt;
  const Points points = Split(pairs);
  const cv::Mat found = cv::estimateAffinePartial2D(
      points.from, points.to, cv::noArray(), cv::RANSAC, tolerance,
      kMaxIterations, kRansacConfidence);
  if (found.empty()) return std::nullopt;
  std::array<double, 9> values = {0, 0, 0, 0, 0, 0, 0, 0, 1};
  for (int i = 0; i < 6; ++i) {
    values[i] = found.at<double>(i / 3, i % 3);
    if (!std::isfinite(values[i])) return std::nullopt;
  }
  return WithInliers(Homography(values), pairs, tolerance);
}

}  // namespace sightline::align
