// Area, length and centre of rings on the WGS84 ellipsoid, fast enough for
// every ring of a frame.
//
// polygon_area.h integrates every edge as the shortest line it is. Outlines
// of pixels have thousands of edges of metres: for those the trapezoid rule on
// the authalic function q, and what a great circle encloses beyond it,
//
//   dl (sin m (df^2 / 4 + dl^2 cos^2 m / 12))
//
// (df, dl: differences of latitude and longitude, m: the middle latitude), is
// exact to 3e-5 m2 for an edge of 50 m at 60 degrees. Longer edges go to
// polygon_area.h.
#ifndef SIGHTLINE_SERVICES_GEOREF_ENGINE_FEATURES_RING_MEASURE_H_
#define SIGHTLINE_SERVICES_GEOREF_ENGINE_FEATURES_RING_MEASURE_H_

#include "absl/types/span.h"
#include "services/georef/engine/features/feature_set.h"

namespace sightline::georef {

struct RingMeasure {
  // Square metres; positive for a ring that runs counterclockwise.
  double area_m2 = 0;
  double length_m = 0;
  // Integrals over the enclosed area, with its sign, of the longitude relative
  // to the reference (degrees) and of q: rings add up to their polygon's.
  double longitude_moment = 0;
  double q_moment = 0;

  void Add(const RingMeasure& other);
  // The centre of the area; its longitude is relative to the reference.
  // The area must not be 0.
  MapPoint Centroid() const;
};

// `ring`: longitudes relative to any reference, which do not jump: within
// -180..180 and less than 180 degrees apart; latitudes within 89.99 degrees;
// edges of at most 1,000 km. Not checked. Thread-safe.
RingMeasure MeasureRing(absl::Span<const MapPoint> ring);

}  // namespace sightline::georef

#endif  // SIGHTLINE_SERVICES_GEOREF_ENGINE_FEATURES_RING_MEASURE_H_
