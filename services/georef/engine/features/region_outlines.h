// A region's outlines on the map while it is being measured: longitudes are
// relative to a reference of the frame and do not jump at the antimeridian.
#ifndef SIGHTLINE_SERVICES_GEOREF_ENGINE_FEATURES_REGION_OUTLINES_H_
#define SIGHTLINE_SERVICES_GEOREF_ENGINE_FEATURES_REGION_OUTLINES_H_

#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "services/georef/engine/features/antimeridian.h"
#include "services/georef/engine/features/feature_set.h"
#include "services/georef/engine/features/ring_measure.h"
#include "services/georef/engine/features/vertex_mapper.h"

namespace sightline::georef {

// Appends the ring through `corners` and their `points` to `ring`, with points
// of its straight pixel edges in between where a straight line of longitude
// and latitude would leave them by more than `tolerance_m`. Returns whether
// there are any. Errors: those of VertexMapper::Map(); ResourceExhausted
// GEOREF_TOO_MANY_VERTICES as soon as more than `maximum_vertices` were
// appended.
absl::StatusOr<bool> AppendRefinedRing(
    const VertexMapper& mapper, double reference_longitude_deg,
    absl::Span<const PixelCorner> corners, absl::Span<const MapPoint> points,
    double tolerance_m, size_t maximum_vertices, std::vector<MapPoint>& ring);

// The polygons of one region and what they measure together.
struct RegionOutlines {
  std::vector<RingList> polygons;
  RingMeasure measure;
};

// Appends `outlines` to `set`, with the longitudes of the map, cut where they
// cross the antimeridian, and sets all of `feature` that follows from them:
// its polygons, holes, area, perimeter, centroid and box.
void AppendOutlines(RegionOutlines outlines, double reference_longitude_deg,
                    Feature& feature, FeatureSet& set);

}  // namespace sightline::georef

#endif  // SIGHTLINE_SERVICES_GEOREF_ENGINE_FEATURES_REGION_OUTLINES_H_
