// Cuts polygons along a meridian, so that no ring of a map crosses 180 degrees
// (RFC 7946, 3.1.9).
#ifndef SIGHTLINE_SERVICES_GEOREF_ENGINE_FEATURES_ANTIMERIDIAN_H_
#define SIGHTLINE_SERVICES_GEOREF_ENGINE_FEATURES_ANTIMERIDIAN_H_

#include <vector>

#include "services/georef/engine/features/feature_set.h"

namespace sightline::georef {

// The rings of one polygon, the outer one first.
using RingList = std::vector<std::vector<MapPoint>>;

struct CutPolygons {
  std::vector<RingList> west;
  std::vector<RingList> east;
};

// The parts of a valid polygon on both sides of the meridian `longitude_deg`,
// edges being straight in longitude and latitude. Rings run as in `polygon`:
// outer ones counterclockwise, holes clockwise. Longitudes of `polygon` are of
// any turn but do not jump. Vertices within 1e-10 degrees of the meridian are
// moved by that much; parts that reach less than 2e-8 degrees (2 mm) from it
// are left out. Thread-safe.
CutPolygons CutAtMeridian(const RingList& polygon, double longitude_deg);

}  // namespace sightline::georef

#endif  // SIGHTLINE_SERVICES_GEOREF_ENGINE_FEATURES_ANTIMERIDIAN_H_
