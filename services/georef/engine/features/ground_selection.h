// Which regions and holes are large enough on the ground to be told.
#ifndef SIGHTLINE_SERVICES_GEOREF_ENGINE_FEATURES_GROUND_SELECTION_H_
#define SIGHTLINE_SERVICES_GEOREF_ENGINE_FEATURES_GROUND_SELECTION_H_

#include <cstdint>
#include <vector>

#include "absl/types/span.h"
#include "services/georef/engine/features/ring_measure.h"
#include "services/georef/engine/vector/trace_polygons.h"

namespace sightline::georef {

// A region with what is left of it.
struct SelectedRegion {
  // Indices of TracedPolygons::polygons.
  std::vector<uint32_t> polygons;
  // Pixels of closed holes included.
  int64_t pixel_count = 0;
};

struct GroundSelection {
  std::vector<SelectedRegion> regions;
  // For each ring of the traced polygons: it is a hole that was closed.
  std::vector<bool> is_closed;
};

// `traced`: with all its polygons and holes; `measures`: of its rings.
// Holes of less than `minimum_hole_m2` are closed and what has their label
// within them vanishes; then regions of less than `minimum_area_m2` are left
// out. Thread-safe.
GroundSelection SelectOnGround(const TracedPolygons& traced,
                               absl::Span<const RingMeasure> measures,
                               double minimum_area_m2, double minimum_hole_m2);

}  // namespace sightline::georef

#endif  // SIGHTLINE_SERVICES_GEOREF_ENGINE_FEATURES_GROUND_SELECTION_H_
