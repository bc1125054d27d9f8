#include "services/align/engine/opencv_quads.h"

#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>
#include <utility>

#include "services/align/engine/opencv_dark_things.h"
#include "services/align/engine/opencv_matrix.h"

namespace sightline::align {
namespace {

// approxPolyDP's tolerance, share of the perimeter.
constexpr double kPolygonTolerance = 0.05;
// The shortest side to the longest: a page seen at an angle.
constexpr double kMinSideRatio = 0.4;
// Half of the window in which a corner is refined, share of the shortest side,
// and at most, pixels.
constexpr double kWindowShare = 0.12;
constexpr int kMaxWindow = 5;

double ShortestSide(const Quad& quad) {
  double least = INFINITY;
  for (int i = 0; i < 4; ++i) {
    const PixelPoint& a = quad[i];
    const PixelPoint& b = quad[(i + 1) % 4];
    least = std::min(least, std::hypot(a.x - b.x, a.y - b.y));
  }
  return least;
}

}  // namespace

std::vector<Quad> FindDarkQuads(const GrayView& image, double min_size,
                                double max_size) {
  std::vector<Quad> quads;
  const cv::Mat scene = AsMatrix(image);
  for (const std::vector<cv::Point>& outline :
       FindDarkThings(scene, min_size, max_size).outlines) {
    std::vector<cv::Point> hull;
    cv::convexHull(outline, hull);
    const double perimeter = cv::arcLength(hull, true);
    std::vector<cv::Point> polygon;
    cv::approxPolyDP(hull, polygon, kPolygonTolerance * perimeter, true);
    if (polygon.size() != 4) continue;
    Quad quad;
    PixelPoint middle;
    for (int i = 0; i < 4; ++i) {
      quad[i] = {polygon[i].x + 0.5, polygon[i].y + 0.5};
      middle.x += quad[i].x / 4;
      middle.y += quad[i].y / 4;
    }
    const double shortest = ShortestSide(quad);
    if (shortest < kMinSideRatio * perimeter / 4) continue;
    const double turn = (quad[1].x - quad[0].x) * (quad[2].y - quad[0].y) -
                        (quad[1].y - quad[0].y) * (quad[2].x - quad[0].x);
    if (turn < 0) std::swap(quad[1], quad[3]);
    // The outline runs through pixel centres, half a pixel within the thing.
    const double grow = 1 + 1 / std::max(2.0, perimeter / 4);
    for (PixelPoint& corner : quad) {
      corner = {middle.x + (corner.x - middle.x) * grow,
                middle.y + (corner.y - middle.y) * grow};
    }
    quads.push_back(quad);
  }
  return quads;
}

Quad RefineCorners(const GrayView& image, const Quad& quad) {
  const int window =
      std::min(kMaxWindow, static_cast<int>(kWindowShare * ShortestSide(quad)));
  if (window < 2) return quad;
  std::vector<cv::Point2f> corners;
  for (const PixelPoint& corner : quad) {
    // OpenCV asserts that corners lie within the image.
    if (!(corner.x >= 0.5 && corner.y >= 0.5 && corner.x <= image.width - 0.5 &&
          corner.y <= image.height - 0.5)) {
      return quad;
    }
    corners.emplace_back(corner.x - 0.5, corner.y - 0.5);
  }
  cv::cornerSubPix(
      AsMatrix(image), corners, cv::Size(window, window), cv::Size(-1, -1),
      cv::TermCriteria(cv::TermCriteria::EPS | cv::TermCriteria::COUNT, 20,
                       0.02));
  Quad refined = quad;
  for (int i = 0; i < 4; ++i) {
    const PixelPoint to{corners[i].x + 0.5, corners[i].y + 0.5};
    const double moved = std::hypot(to.x - quad[i].x, to.y - quad[i].y);
    // It may run off along an edge.
    if (moved <= window) refined[i] = to;
  }
  return refined;
}

}  // namespace sightline::align
