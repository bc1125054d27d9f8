#include "services/georef/engine/features/ground_selection.h"

#include <algorithm>
#include <numeric>
#include <utility>

namespace sightline::georef {
namespace {

std::vector<bool> ClosedHoles(const GroundOutlines& outlines,
                              double minimum_hole_m2) {
  const TracedPolygons& traced = outlines.traced;
  std::vector<bool> is_closed(traced.rings.size());
  for (const TracedPolygon& polygon : traced.polygons) {
    for (uint32_t i = 1; i < polygon.ring_count; ++i) {
      const uint32_t ring = polygon.first_ring + i;
      is_closed[ring] = -outlines.measures[ring].area_m2 < minimum_hole_m2;
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

// Appends what is kept of a polygon.
void Append(const GroundOutlines& from, uint32_t index,
            const std::vector<bool>& is_closed,
            std::vector<uint32_t>& new_index, GroundOutlines& to) {
  TracedPolygon polygon = from.traced.polygons[index];
  const uint32_t first_ring = polygon.first_ring;
  const uint32_t ring_count = polygon.ring_count;
  polygon.first_ring = static_cast<uint32_t>(to.traced.rings.size());
  polygon.ring_count = 0;
  for (uint32_t i = first_ring; i < first_ring + ring_count; ++i) {
    TracedRing ring = from.traced.rings[i];
    if (is_closed[i]) {
      polygon.pixel_count += ring.enclosed_pixels;
      continue;
    }
    new_index[i] = static_cast<uint32_t>(to.traced.rings.size());
    const auto corners = from.traced.VerticesOf(ring);
    const auto points = from.PointsOf(ring);
    ring.first_vertex = static_cast<uint32_t>(to.points.size());
    to.traced.vertices.insert(to.traced.vertices.end(), corners.begin(),
                              corners.end());
    to.points.insert(to.points.end(), points.begin(), points.end());
    to.traced.rings.push_back(ring);
    to.measures.push_back(from.measures[i]);
    ++polygon.ring_count;
  }
  to.traced.polygons.push_back(polygon);
}

}  // namespace

void SelectOnGround(double minimum_area_m2, double minimum_hole_m2,
                    GroundOutlines& outlines) {
  const std::vector<bool> is_closed = ClosedHoles(outlines, minimum_hole_m2);
  const auto& polygons = outlines.traced.polygons;
  std::vector<bool> is_left_out(polygons.size());
  if (minimum_hole_m2 > 0) {
    is_left_out = CoveredPolygons(outlines.traced, is_closed);
  }
  for (uint32_t begin = 0, end = 0; begin < polygons.size(); begin = end) {
    double area = 0;
    for (; end < polygons.size() &&
           polygons[end].region == polygons[begin].region;
         ++end) {
      if (is_left_out[end]) continue;
      for (uint32_t i = 0; i < polygons[end].ring_count; ++i) {
        const uint32_t ring = polygons[end].first_ring + i;
        if (!is_closed[ring]) area += outlines.measures[ring].area_m2;
      }
    }
    if (area >= minimum_area_m2) continue;
    std::fill(is_left_out.begin() + begin, is_left_out.begin() + end, true);
  }
  const auto any = [](const std::vector<bool>& bits) {
    return std::find(bits.begin(), bits.end(), true) != bits.end();
  };
  if (!any(is_closed) && !any(is_left_out)) return;
  GroundOutlines kept;
  std::vector<uint32_t> new_index(outlines.traced.rings.size(), kNoHole);
  for (uint32_t i = 0; i < polygons.size(); ++i) {
    if (!is_left_out[i]) Append(outlines, i, is_closed, new_index, kept);
  }
  for (TracedPolygon& polygon : kept.traced.polygons) {
    if (polygon.containing_hole == kNoHole) continue;
    polygon.containing_hole = new_index[polygon.containing_hole];
  }
  outlines = std::move(kept);
}

}  // namespace sightline::georef
