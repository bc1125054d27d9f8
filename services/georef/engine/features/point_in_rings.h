// Whether a point lies within rings, by counting the edges that a line towards
// the east crosses.
#ifndef SIGHTLINE_SERVICES_GEOREF_ENGINE_FEATURES_POINT_IN_RINGS_H_
#define SIGHTLINE_SERVICES_GEOREF_ENGINE_FEATURES_POINT_IN_RINGS_H_

#include "absl/types/span.h"
#include "services/georef/engine/features/feature_set.h"

namespace sightline::georef {

// Edges are straight in longitude and latitude and do not cross 180 degrees.
// A point on an edge may count either way. For a polygon with holes, or
// several polygons that do not overlap: inside if an odd number of rings says
// so.
inline bool IsInRing(absl::Span<const MapPoint> ring, const MapPoint& point) {
  bool is_inside = false;
  for (size_t i = 0, j = ring.size() - 1; i < ring.size(); j = i++) {
    const MapPoint& a = ring[i];
    const MapPoint& b = ring[j];
    if ((a.latitude_deg > point.latitude_deg) ==
        (b.latitude_deg > point.latitude_deg)) {
      continue;
    }
    const double longitude =
        a.longitude_deg + (point.latitude_deg - a.latitude_deg) /
                              (b.latitude_deg - a.latitude_deg) *
                              (b.longitude_deg - a.longitude_deg);
    if (point.longitude_deg < longitude) is_inside = !is_inside;
  }
  return is_inside;
}

}  // namespace sightline::georef

#endif  // SIGHTLINE_SERVICES_GEOREF_ENGINE_FEATURES_POINT_IN_RINGS_H_
