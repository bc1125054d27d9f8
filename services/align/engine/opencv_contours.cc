#include "services/align/engine/opencv_contours.h"

#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>
#include <optional>

#include "services/align/engine/opencv_matrix.h"

namespace sightline::align {
namespace {

// Smallest outline worth a look, share of the image.
constexpr double kMinAreaShare = 0.04;
// Outlines looked at per binarisation.
constexpr int kContoursPerImage = 6;
// Corners nearer than this share of the longer side are the same.
constexpr double kSameCorner = 0.012;
// approxPolyDP's tolerance, share of the perimeter.
constexpr double kPolygonTolerances[] = {0.02, 0.04};

struct Candidate {
  Quad quad;
  double area = 0;
};

// Clockwise from the corner nearest to the top left.
Quad InOrder(const std::vector<cv::Point>& polygon) {
  Quad quad;
  for (int i = 0; i < 4; ++i) {
    quad[i] = {polygon[i].x + 0.5, polygon[i].y + 0.5};
  }
  const auto turn = (quad[1].x - quad[0].x) * (quad[2].y - quad[0].y) -
                    (quad[1].y - quad[0].y) * (quad[2].x - quad[0].x);
  if (turn < 0) std::swap(quad[1], quad[3]);
  const auto first = std::min_element(
      quad.begin(), quad.end(), [](const PixelPoint& a, const PixelPoint& b) {
        return a.x + a.y < b.x + b.y;
      });
  std::rotate(quad.begin(), first, quad.end());
  return quad;
}

bool IsSame(const Quad& a, const Quad& b, double tolerance) {
  for (int i = 0; i < 4; ++i) {
    if (std::hypot(a[i].x - b[i].x, a[i].y - b[i].y) > tolerance) return false;
  }
  return true;
}

void CollectQuads(const cv::Mat& binary, double min_area,
                  std::vector<Candidate>& candidates) {
  std::vector<std::vector<cv::Point>> contours;
  cv::findContours(binary, contours, cv::RETR_LIST, cv::CHAIN_APPROX_SIMPLE);
  std::vector<std::vector<cv::Point>> hulls;
  for (const std::vector<cv::Point>& contour : contours) {
    const cv::Rect box = cv::boundingRect(contour);
    if (box.area() < min_area) continue;
    std::vector<cv::Point> hull;
    cv::convexHull(contour, hull);
    if (cv::contourArea(hull) >= min_area) hulls.push_back(std::move(hull));
  }
  std::sort(hulls.begin(), hulls.end(), [](const auto& a, const auto& b) {
    return cv::contourArea(a) > cv::contourArea(b);
  });
  if (hulls.size() > kContoursPerImage) hulls.resize(kContoursPerImage);
  for (const std::vector<cv::Point>& hull : hulls) {
    const double perimeter = cv::arcLength(hull, true);
    for (const double tolerance : kPolygonTolerances) {
      std::vector<cv::Point> polygon;
      cv::approxPolyDP(hull, polygon, tolerance * perimeter, true);
      if (polygon.size() != 4) continue;
      candidates.push_back({InOrder(polygon), cv::contourArea(polygon)});
      break;
    }
  }
}

}  // namespace

std::vector<Quad> FindPageOutlines(const GrayView& image, int max_quads) {
  const double min_area =
      kMinAreaShare * static_cast<double>(image.width) * image.height;
  cv::Mat blurred;
  cv::GaussianBlur(AsMatrix(image), blurred, cv::Size(5, 5), 0);
  const cv::Mat kernel = cv::Mat::ones(10, 10, CV_8UC1);
  std::vector<Candidate> candidates;
  cv::Mat work;
  cv::Mat binary;

  // White paper on a darker ground.
  cv::threshold(blurred, binary, 0, 255, cv::THRESH_BINARY | cv::THRESH_OTSU);
  CollectQuads(binary, min_area, candidates);

  // The paper's edge, print closed away.
  cv::morphologyEx(blurred, work, cv::MORPH_CLOSE, kernel);
  cv::Canny(work, binary, 20, 80);
  cv::dilate(binary, binary, cv::Mat());
  CollectQuads(binary, min_area, candidates);

  // The same with highlights cut off, for a ground nearly as bright.
  cv::threshold(work, work, 200, 255, cv::THRESH_TRUNC);
  cv::Canny(work, binary, 55, 185);
  CollectQuads(binary, min_area, candidates);

  // Uneven light: the closed image against its wide mean.
  cv::morphologyEx(blurred, work, cv::MORPH_CLOSE, kernel);
  const int block = std::max(image.width, image.height) / 4 | 1;
  cv::adaptiveThreshold(work, binary, 255, cv::ADAPTIVE_THRESH_MEAN_C,
                        cv::THRESH_BINARY, block, -4);
  CollectQuads(binary, min_area, candidates);

  std::stable_sort(
      candidates.begin(), candidates.end(),
      [](const Candidate& a, const Candidate& b) { return a.area > b.area; });
  const double tolerance = kSameCorner * std::max(image.width, image.height);
  std::vector<Quad> quads;
  for (const Candidate& candidate : candidates) {
    if (static_cast<int>(quads.size()) == max_quads) break;
    const bool is_known =
        std::any_of(quads.begin(), quads.end(), [&](const Quad& quad) {
          return IsSame(quad, candidate.quad, tolerance);
        });
    if (!is_known) quads.push_back(candidate.quad);
  }
  return quads;
}

}  // namespace sightline::align
