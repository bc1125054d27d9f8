#include "bench/georef/polygon_inventory.h"

#include <algorithm>
#include <cstdlib>

#include "absl/strings/str_cat.h"

namespace sightline::georef {

void PolygonInventory::Sort() {
  std::sort(polygons.begin(), polygons.end());
  std::sort(vertices.begin(), vertices.end());
  vertices.erase(std::unique(vertices.begin(), vertices.end()), vertices.end());
}

int64_t PolygonInventory::CountRings() const {
  int64_t rings = 0;
  for (const Polygon& polygon : polygons) rings += polygon.rings;
  return rings;
}

std::string PolygonInventory::DifferenceTo(
    const PolygonInventory& other) const {
  if (polygons.size() != other.polygons.size()) {
    return absl::StrCat(polygons.size(), " polygons against ",
                        other.polygons.size());
  }
  if (CountRings() != other.CountRings()) {
    return absl::StrCat(CountRings(), " rings against ", other.CountRings());
  }
  if (polygons != other.polygons) return "areas or rings of polygons differ";
  if (vertices != other.vertices) {
    return absl::StrCat("the sets of ", vertices.size(), " and ",
                        other.vertices.size(), " vertices differ");
  }
  return "";
}

PolygonInventory InventoryOf(const TracedPolygons& traced) {
  PolygonInventory inventory;
  for (const TracedPolygon& polygon : traced.polygons) {
    int64_t twice_area = 0;
    bool is_outer = true;
    for (const TracedRing& ring : traced.RingsOf(polygon)) {
      // From the vertices, not from what the engine says of its pixels.
      const auto vertices = traced.VerticesOf(ring);
      int64_t sum = 0;
      for (size_t i = 0; i < vertices.size(); ++i) {
        const PixelCorner a = vertices[i];
        const PixelCorner b = vertices[(i + 1) % vertices.size()];
        sum += int64_t{a.x} * b.y - int64_t{b.x} * a.y;
        inventory.vertices.emplace_back(a.x, a.y);
      }
      twice_area += is_outer ? std::abs(sum) : -std::abs(sum);
      is_outer = false;
    }
    inventory.polygons.push_back({twice_area, polygon.ring_count});
  }
  inventory.Sort();
  return inventory;
}

}  // namespace sightline::georef
