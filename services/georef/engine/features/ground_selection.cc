#include "services/georef/engine/features/ground_selection.h"

#include <algorithm>
#include <numeric>
#include <utility>

namespace sightline::georef {
namespace {

std::vector<bool> ClosedHoles(const TracedPolygons& traced,
                              absl::Span<const RingMeasure> measures,
                              double minimum_hole_m2) {
  std::vector<bool> is_closed(traced.rings.size());
  for (const TracedPolygon& polygon : traced.polygons) {
    for (uint32_t i = 1; i < polygon.ring_count; ++i) {
      const uint32_t ring = polygon.first_ring + i;
      is_closed[ring] = -measures[ring].area_m2 < minimum_hole_m2;
    }
  }
  return is_closed;
}

// The polygons that lie in closed holes of their own label.
std::vector<bool> CoveredPolygons(const TracedPolygons& traced,
                                  const std::vector<bool>& is_closed) {
  std::vector<uint32_t> owner(traced.rings.size());
  for (uint32_t i = 0; i < traced.polygons.size(); ++i) {
    const TracedPolygon& polygon = traced.polygons[i];
    std::fill_n(owner.begin() + polygon.first_ring, polygon.ring_count, i);
  }
  // Larger boxes first: what lies around a polygon is known before it.
  std::vector<uint32_t> order(traced.polygons.size());
  std::iota(order.begin(), order.end(), 0);
  const auto enclosed = [&traced](uint32_t i) {
    return traced.rings[traced.polygons[i].first_ring].enclosed_pixels;
  };
  std::sort(order.begin(), order.end(), [&](uint32_t a, uint32_t b) {
    return std::pair(-enclosed(a), a) < std::pair(-enclosed(b), b);
  });
  std::vector<bool> is_covered(traced.polygons.size());
  for (const uint32_t i : order) {
    const uint32_t hole = traced.polygons[i].containing_hole;
    if (hole == kNoHole) continue;
    is_covered[i] = is_closed[hole] || is_covered[owner[hole]];
  }
  return is_covered;
}

}  // namespace

GroundSelection SelectOnGround(const TracedPolygons& traced,
                               absl::Span<const RingMeasure> measures,
                               double minimum_area_m2, double minimum_hole_m2) {
  GroundSelection selection;
  selection.is_closed = ClosedHoles(traced, measures, minimum_hole_m2);
  std::vector<bool> is_covered(traced.polygons.size());
  if (minimum_hole_m2 > 0) {
    is_covered = CoveredPolygons(traced, selection.is_closed);
  }
  const auto& polygons = traced.polygons;
  for (uint32_t begin = 0, end = 0; begin < polygons.size(); begin = end) {
    SelectedRegion region;
    double area = 0;
    for (; end < polygons.size() &&
           polygons[end].region == polygons[begin].region;
         ++end) {
      if (is_covered[end]) continue;
      region.polygons.push_back(end);
      region.pixel_count += polygons[end].pixel_count;
      for (uint32_t i = 0; i < polygons[end].ring_count; ++i) {
        const uint32_t ring = polygons[end].first_ring + i;
        if (selection.is_closed[ring]) {
          region.pixel_count += traced.rings[ring].enclosed_pixels;
        } else {
          area += measures[ring].area_m2;
        }
      }
    }
    if (region.polygons.empty() || area < minimum_area_m2) continue;
    selection.regions.push_back(std::move(region));
  }
  return selection;
}

}  // namespace sightline::georef
