#include "services/align/engine/plausibility.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>

namespace sightline::align {
namespace {

// Points per side at which the page is probed for being in the scan.
constexpr int kProbes = 12;

// Twice the signed area of the triangle; > 0 if a, b, c turn right on the
// screen (y downwards).
double Turn(PixelPoint a, PixelPoint b, PixelPoint c) {
  return (b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x);
}

double AxisRatio(const Homography& map, PixelSize page) {
  const double step = 1e-3;
  const PixelPoint center{page.width / 2, page.height / 2};
  const PixelPoint origin = map.Map(center);
  const PixelPoint right = map.Map({center.x + step * page.width, center.y});
  const PixelPoint down = map.Map({center.x, center.y + step * page.height});
  const double x_scale =
      std::hypot(right.x - origin.x, right.y - origin.y) / page.width;
  const double y_scale =
      std::hypot(down.x - origin.x, down.y - origin.y) / page.height;
  return std::max(x_scale / y_scale, y_scale / x_scale);
}

}  // namespace

std::string WhyImplausible(const Homography& scan_to_page, PixelSize page,
                           PixelSize scan, const PlausibilityLimits& limits) {
  const std::optional<Homography> inverse = scan_to_page.Inverse();
  if (!inverse.has_value()) return "a singular map";
  const Homography& map = *inverse;
  const std::array<PixelPoint, 4> corners = {
      PixelPoint{0, 0}, PixelPoint{page.width, 0},
      PixelPoint{page.width, page.height}, PixelPoint{0, page.height}};
  std::array<PixelPoint, 4> quad;
  double least = INFINITY;
  double most = 0;
  // The denominator must not change its sign on the page, or a part of the
  // page would lie behind the camera.
  const double sign =
      map[6] * page.width / 2 + map[7] * page.height / 2 + map[8];
  for (int i = 0; i < 4; ++i) {
    const double w = map[6] * corners[i].x + map[7] * corners[i].y + map[8];
    if (!(w * sign > 0)) return "a part of the page behind the camera";
    quad[i] = map.Map(corners[i]);
    if (!std::isfinite(quad[i].x) || !std::isfinite(quad[i].y)) {
      return "a page without bounds";
    }
    const double scale = map.JacobianAt(corners[i]);
    if (!(scale > 0)) return "a mirrored page";
    least = std::min(least, scale);
    most = std::max(most, scale);
  }
  double area = 0;
  for (int i = 0; i < 4; ++i) {
    const PixelPoint& a = quad[i];
    const PixelPoint& b = quad[(i + 1) % 4];
    if (!(Turn(a, b, quad[(i + 2) % 4]) > 0))
      return "a page that is not convex";
    area += (a.x * b.y - b.x * a.y) / 2;
  }
  if (!(most <= limits.max_scale_ratio * least)) {
    return "an extreme perspective";
  }
  const double share = area / (scan.width * scan.height);
  if (!(share >= limits.min_area_share)) return "a page too small";
  if (!(share <= limits.max_area_share)) return "a page too large";
  if (!(AxisRatio(map, page) <= limits.max_axis_ratio)) {
    return "a page out of proportion";
  }
  int visible = 0;
  for (int j = 0; j < kProbes; ++j) {
    for (int i = 0; i < kProbes; ++i) {
      const PixelPoint p = map.Map({(i + 0.5) / kProbes * page.width,
                                    (j + 0.5) / kProbes * page.height});
      visible +=
          p.x >= 0 && p.y >= 0 && p.x <= scan.width && p.y <= scan.height;
    }
  }
  if (visible < limits.min_visible_share * kProbes * kProbes) {
    return "a page mostly outside the scan";
  }
  return "";
}

}  // namespace sightline::align
