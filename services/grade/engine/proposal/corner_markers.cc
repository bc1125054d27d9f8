#include "services/grade/engine/proposal/corner_markers.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <numbers>
#include <optional>

namespace sightline::grade {
namespace {

struct Thresholds {
  // Sides relative to the page's longer side.
  double least_side = 0.007;
  // How far from its corner a marker may be, relative to the page's sides.
  double corner_share = 0.3;
  // A square's box is full.
  double square_fill = 0.92;
  double ring_fill_most = 0.75;
  double square_sides = 0.2;
  // Sizes and the rectangle's sides agree: relative.
  double same_size = 0.08;
  double rectangle = 0.01;
};
constexpr Thresholds kThresholds;
constexpr size_t kMostPerCorner = 6;

// Dark around, dark in the middle, light somewhere between, all the way round.
bool IsRing(const PrintView& view, const SolidPrint& solid) {
  constexpr int kDirections = 16;
  constexpr int kSteps = 24;
  if (solid.fill > kThresholds.ring_fill_most ||
      view.Darkness(solid.center.x, solid.center.y) < 0.4) {
    return false;
  }
  int good = 0;
  for (int d = 0; d < kDirections; ++d) {
    const double angle = 2 * std::numbers::pi * d / kDirections;
    double lightest = 1;
    double outermost = 0;
    for (int s = 1; s < kSteps; ++s) {
      const double r = 0.5 * s / kSteps;
      const double darkness = view.Darkness(
          solid.center.x + r * solid.size.width * std::cos(angle),
          solid.center.y + r * solid.size.height * std::sin(angle));
      if (s < kSteps * 3 / 4) lightest = std::min(lightest, darkness);
      if (s > kSteps * 3 / 4) outermost = std::max(outermost, darkness);
    }
    good += lightest < 0.25 && outermost > 0.4;
  }
  // And no corners, as a framed picture has.
  int corners = 0;
  for (const double x : {-0.47, 0.47}) {
    for (const double y : {-0.47, 0.47}) {
      corners += view.Darkness(solid.center.x + x * solid.size.width,
                               solid.center.y + y * solid.size.height) > 0.4;
    }
  }
  return good == kDirections && corners == 0;
}

bool AreNear(double a, double b, double share) {
  return std::abs(a - b) <= share * std::max(a, b);
}

// The four of `corners`, one each, that are alike and on a rectangle.
std::optional<std::array<SolidPrint, 4>> BestFour(
    const std::array<std::vector<SolidPrint>, 4>& corners, double longer) {
  const double slack = kThresholds.rectangle * longer;
  for (const SolidPrint& a : corners[0]) {
    const auto is_alike = [&](const SolidPrint& other) {
      return AreNear(a.size.width, other.size.width, kThresholds.same_size) &&
             AreNear(a.size.height, other.size.height, kThresholds.same_size);
    };
    for (const SolidPrint& b : corners[1]) {
      if (!is_alike(b) || std::abs(a.center.y - b.center.y) > slack) continue;
      for (const SolidPrint& c : corners[2]) {
        if (!is_alike(c) || std::abs(a.center.x - c.center.x) > slack) continue;
        for (const SolidPrint& d : corners[3]) {
          if (is_alike(d) && std::abs(b.center.x - d.center.x) <= slack &&
              std::abs(c.center.y - d.center.y) <= slack) {
            return std::array<SolidPrint, 4>{a, b, c, d};
          }
        }
      }
    }
  }
  return std::nullopt;
}

}  // namespace

std::vector<CornerMarker> FindCornerMarkers(
    const PrintView& view, const std::vector<SolidPrint>& solids) {
  const double width = view.page().width();
  const double height = view.page().height();
  const double longer = std::max(width, height);
  for (const bool is_ring : {false, true}) {
    std::array<std::vector<SolidPrint>, 4> corners;
    for (const SolidPrint& solid : solids) {
      if (std::min(solid.size.width, solid.size.height) <
              kThresholds.least_side * longer ||
          !AreNear(solid.size.width, solid.size.height,
                   kThresholds.square_sides)) {
        continue;
      }
      const double x = solid.center.x / width;
      const double y = solid.center.y / height;
      const bool right = x > 0.5;
      const bool bottom = y > 0.5;
      if ((right ? 1 - x : x) > kThresholds.corner_share ||
          (bottom ? 1 - y : y) > kThresholds.corner_share) {
        continue;
      }
      const bool fits =
          is_ring ? IsRing(view, solid) : solid.fill >= kThresholds.square_fill;
      if (fits) corners[2 * bottom + right].push_back(solid);
    }
    for (int k = 0; k < 4; ++k) {
      const PixelPoint corner = {k % 2 == 0 ? 0 : width, k < 2 ? 0 : height};
      const auto distance = [&](const SolidPrint& solid) {
        return std::hypot(solid.center.x - corner.x, solid.center.y - corner.y);
      };
      std::stable_sort(corners[k].begin(), corners[k].end(),
                       [&](const SolidPrint& a, const SolidPrint& b) {
                         return distance(a) < distance(b);
                       });
      if (corners[k].size() > kMostPerCorner) corners[k].resize(kMostPerCorner);
    }
    const auto four = BestFour(corners, longer);
    if (!four.has_value()) continue;
    std::vector<CornerMarker> markers;
    for (const SolidPrint& solid : *four) {
      markers.push_back({is_ring, solid.center, solid.size});
    }
    return markers;
  }
  return {};
}

}  // namespace sightline::grade
