#include "services/grade/engine/proposal/outline_evidence.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>
#include <numbers>

namespace sightline::grade {
namespace {

// Measured on the blank pages of the sheet generator and on real forms: the
// weakest bubbles kept are pale orange circles of 18 pixels.
struct Thresholds {
  // Darkness of a line that is one.
  double line = 0.07;
  // What counts as printed, and as light, relative to the line.
  double printed = 0.45;
  double light = 0.5;
  double coverage = 0.86;
  double weakest_part = 0.4;
  // Letters, also in small bubbles, leave more.
  double light_within = 0.5;
  double light_inside = 0.3;
  // Frames and captions may touch.
  double light_around = 0.45;
};
constexpr Thresholds kThresholds;

constexpr int kPoints = 64;
constexpr int kParts = 8;

struct PathPoint {
  // Relative to half the size: -1..1.
  PixelPoint at;
  // Outwards.
  PixelPoint normal;
};
using Path = std::array<PathPoint, kPoints>;

Path EllipsePath() {
  Path path;
  for (int i = 0; i < kPoints; ++i) {
    const double angle = 2 * std::numbers::pi * (i + 0.5) / kPoints;
    path[i].at = path[i].normal = {std::cos(angle), std::sin(angle)};
  }
  return path;
}

// The sides without the corners, which may be round.
Path RectanglePath() {
  constexpr double kStraight = 0.8;
  Path path;
  constexpr int kSide = kPoints / 4;
  for (int i = 0; i < kSide; ++i) {
    const double along = kStraight * ((2 * i + 1.0) / kSide - 1);
    path[i] = {{along, -1}, {0, -1}};
    path[kSide + i] = {{1, along}, {1, 0}};
    path[2 * kSide + i] = {{-along, 1}, {0, 1}};
    path[3 * kSide + i] = {{-1, -along}, {-1, 0}};
  }
  return path;
}

// Both uprights and their four lips, which reach 0.16 of the width.
Path BracketsPath() {
  constexpr int kUpright = 22;
  constexpr int kLip = (kPoints / 2 - kUpright) / 2;
  Path path;
  int next = 0;
  for (const double side : {-1.0, 1.0}) {
    for (int i = 0; i < kUpright; ++i) {
      const double along = 0.9 * ((2 * i + 1.0) / kUpright - 1);
      path[next++] = {{side, along}, {side, 0}};
    }
    for (const double end : {-1.0, 1.0}) {
      for (int i = 0; i < kLip; ++i) {
        path[next++] = {{side * (1 - 0.2 * (i + 0.5) / kLip), end}, {0, end}};
      }
    }
  }
  return path;
}

const Path& PathOf(BubbleShape shape) {
  static const Path ellipse = EllipsePath();
  static const Path rectangle = RectanglePath();
  static const Path brackets = BracketsPath();
  switch (shape) {
    case BubbleShape::kEllipse:
      return ellipse;
    case BubbleShape::kRectangle:
      return rectangle;
    case BubbleShape::kBrackets:
      return brackets;
  }
  return ellipse;
}

}  // namespace

double OutlineEvidence::Score() const {
  if (darkness < kThresholds.line || coverage < kThresholds.coverage ||
      weakest_part < kThresholds.weakest_part ||
      light_within < kThresholds.light_within ||
      light_inside < kThresholds.light_inside ||
      light_around < kThresholds.light_around) {
    return 0;
  }
  return coverage * (0.6 + 0.2 * light_within + 0.2 * light_around);
}

double PrintView::Darkness(double x, double y) const {
  if (!(x >= 0 && y >= 0 && x < page_.width() && y < page_.height())) return 0;
  const int column = static_cast<int>(x);
  const int row = static_cast<int>(y);
  return std::max(0.0, 1 - page_.row(row)[column] / paper_.At(column, row));
}

double PrintView::SmoothDarkness(double x, double y) const {
  const double left = std::floor(x - 0.5) + 0.5;
  const double top = std::floor(y - 0.5) + 0.5;
  const double across = x - left;
  const double down = y - top;
  return (1 - down) * ((1 - across) * Darkness(left, top) +
                       across * Darkness(left + 1, top)) +
         down * ((1 - across) * Darkness(left, top + 1) +
                 across * Darkness(left + 1, top + 1));
}

double PrintView::EdgeFrom(PixelPoint from, PixelPoint step,
                           double reach) const {
  constexpr double kStep = 0.25;
  const int count = static_cast<int>(reach / kStep);
  const auto at = [&](int i) {
    return SmoothDarkness(from.x + step.x * i * kStep,
                          from.y + step.y * i * kStep);
  };
  double peak = 0;
  for (int i = 0; i <= count; ++i) peak = std::max(peak, at(i));
  if (peak < kThresholds.line) return -1;
  double before = at(0);
  if (before >= peak / 2) return -1;
  for (int i = 1; i <= count; ++i) {
    const double now = at(i);
    if (now >= peak / 2) {
      return kStep * (i - 1 + (peak / 2 - before) / (now - before));
    }
    before = now;
  }
  return -1;
}

void PrintView::Refine(BubbleShape shape, PixelPoint* center,
                       PixelSize* size) const {
  constexpr double kOutside = 1.75;
  // Near the middle of a side, where an ellipse is almost straight.
  constexpr double kAside[] = {-0.1, -0.05, 0, 0.05, 0.1};
  const double reach =
      kOutside + 1.5 + 0.1 * std::min(size->width, size->height);
  // How far the side lies within `size`, 0 if it is not seen.
  const auto side = [&](PixelPoint normal) {
    std::array<double, std::size(kAside)> edges;
    int count = 0;
    for (const double aside : kAside) {
      const PixelPoint from = {
          center->x + normal.x * (size->width / 2 + kOutside) +
              normal.y * aside * size->width,
          center->y + normal.y * (size->height / 2 + kOutside) +
              normal.x * aside * size->height};
      const double edge = EdgeFrom(from, {-normal.x, -normal.y}, reach);
      if (edge >= 0) edges[count++] = edge - kOutside;
    }
    if (count < 3) return 0.0;
    std::nth_element(edges.begin(), edges.begin() + count / 2,
                     edges.begin() + count);
    return edges[count / 2];
  };
  const double left = side({-1, 0});
  const double right = side({1, 0});
  const bool brackets = shape == BubbleShape::kBrackets;
  const double top = brackets ? 0 : side({0, -1});
  const double bottom = brackets ? 0 : side({0, 1});
  center->x += (left - right) / 2;
  center->y += (top - bottom) / 2;
  size->width -= left + right;
  size->height -= top + bottom;
}

double PrintView::MeanDarkness(PixelPoint center, PixelSize size) const {
  constexpr int kSamples = 9;
  double sum = 0;
  for (int b = 0; b < kSamples; ++b) {
    for (int a = 0; a < kSamples; ++a) {
      sum +=
          Darkness(center.x + 0.6 * size.width * ((a + 0.5) / kSamples - 0.5),
                   center.y + 0.6 * size.height * ((b + 0.5) / kSamples - 0.5));
    }
  }
  return sum / (kSamples * kSamples);
}

OutlineEvidence PrintView::Measure(BubbleShape shape, PixelPoint center,
                                   PixelSize size) const {
  const Path& path = PathOf(shape);
  const double shorter = std::min(size.width, size.height);
  // The line lies within the box; where exactly depends on how thick it is.
  const double outwards = 0.5;
  const double inwards = 1.5 + 0.07 * shorter;
  const auto point = [&](const PathPoint& p, double offset) {
    return PixelPoint{
        center.x + p.at.x * size.width / 2 + p.normal.x * offset,
        center.y + p.at.y * size.height / 2 + p.normal.y * offset};
  };
  const auto darkness_at = [&](PixelPoint at) { return Darkness(at.x, at.y); };

  std::array<double, kPoints> line;
  for (int i = 0; i < kPoints; ++i) {
    line[i] = 0;
    for (double offset = outwards; offset > -inwards; offset -= 0.75) {
      line[i] = std::max(line[i], darkness_at(point(path[i], offset)));
    }
  }
  OutlineEvidence evidence;
  std::array<double, kPoints> sorted = line;
  std::nth_element(sorted.begin(), sorted.begin() + kPoints / 2, sorted.end());
  evidence.darkness = sorted[kPoints / 2];
  if (evidence.darkness < kThresholds.line) return evidence;

  const double light = kThresholds.light * evidence.darkness;
  std::array<int, kParts> parts{};
  int printed = 0;
  int within = 0;
  int around = 0;
  for (int i = 0; i < kPoints; ++i) {
    if (line[i] >= kThresholds.printed * evidence.darkness) {
      ++printed;
      ++parts[i * kParts / kPoints];
    }
    within += darkness_at(point(path[i], -inwards - 0.07 * shorter)) < light;
    around += darkness_at(point(path[i], 1.5 + 0.07 * shorter)) < light;
  }
  evidence.coverage = double(printed) / kPoints;
  evidence.weakest_part =
      double(kParts) / kPoints * *std::min_element(parts.begin(), parts.end());
  evidence.light_within = double(within) / kPoints;
  evidence.light_around = double(around) / kPoints;

  constexpr int kInside = 8;
  int inside = 0;
  for (int b = 0; b < kInside; ++b) {
    for (int a = 0; a < kInside; ++a) {
      inside +=
          Darkness(center.x + 0.65 * size.width * ((a + 0.5) / kInside - 0.5),
                   center.y + 0.65 * size.height *
                                  ((b + 0.5) / kInside - 0.5)) < light;
    }
  }
  evidence.light_inside = double(inside) / (kInside * kInside);
  return evidence;
}

}  // namespace sightline::grade
