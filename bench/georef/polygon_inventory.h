// What polygons consist of, in an order of its own, so that those of two
// programs can be compared.
#ifndef SIGHTLINE_BENCH_GEOREF_POLYGON_INVENTORY_H_
#define SIGHTLINE_BENCH_GEOREF_POLYGON_INVENTORY_H_

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "services/georef/engine/vector/trace_polygons.h"

namespace sightline::georef {

struct PolygonInventory {
  // Twice the area, rings.
  struct Polygon {
    int64_t twice_area = 0;
    int64_t rings = 0;
    auto operator<=>(const Polygon&) const = default;
  };
  std::vector<Polygon> polygons;
  std::vector<std::pair<int32_t, int32_t>> vertices;

  // Brings both into ascending order; `vertices` to one of each.
  void Sort();
  int64_t CountRings() const;
  // In words, empty if there is no difference. Both must be sorted.
  std::string DifferenceTo(const PolygonInventory& other) const;
};

PolygonInventory InventoryOf(const TracedPolygons& traced);

}  // namespace sightline::georef

#endif  // SIGHTLINE_BENCH_GEOREF_POLYGON_INVENTORY_H_
