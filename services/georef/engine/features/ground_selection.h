// Leaves out of a frame's outlines what is too small on the ground.
#ifndef SIGHTLINE_SERVICES_GEOREF_ENGINE_FEATURES_GROUND_SELECTION_H_
#define SIGHTLINE_SERVICES_GEOREF_ENGINE_FEATURES_GROUND_SELECTION_H_

#include <vector>

#include "services/georef/engine/features/feature_set.h"
#include "services/georef/engine/features/ring_measure.h"
#include "services/georef/engine/vector/trace_polygons.h"

namespace sightline::georef {

// Outlines in the picture, where their vertices lie on the map (longitudes as
// MeasureRing() wants them) and what their rings measure there.
struct GroundOutlines {
  TracedPolygons traced;
  // As many as traced.vertices.
  std::vector<MapPoint> points;
  // As many as traced.rings.
  std::vector<RingMeasure> measures;

  absl::Span<const MapPoint> PointsOf(const TracedRing& ring) const {
    return absl::MakeConstSpan(points).subspan(ring.first_vertex,
                                               ring.vertex_count);
  }
};

// Closes holes that enclose less than `minimum_hole_m2`; what has the same
// label within them vanishes. Then leaves out regions that cover less than
// `minimum_area_m2`. Pixels of closed holes count to their polygons.
// `outlines`: with all regions and holes of its labels.
void SelectOnGround(double minimum_area_m2, double minimum_hole_m2,
                    GroundOutlines& outlines);

}  // namespace sightline::georef

#endif  // SIGHTLINE_SERVICES_GEOREF_ENGINE_FEATURES_GROUND_SELECTION_H_
