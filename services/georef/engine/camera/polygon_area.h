// Areas on the WGS84 ellipsoid, whatever the map.
//
// The area left of a ring is a line integral of the authalic function
// (Snyder 1987, "Map Projections: A Working Manual", 3-12):
//
//   q(s) = (1-e2) (s/(1-e2 s2) + ln((1+es)/(1-es)) / (2e)),  s = sin(latitude)
//   A = -a2/2 * closed integral of q over longitude (radians)
//
// Edges are the shortest lines between their ends: longer ones are halved along
// the ellipsoid until pieces of at most 2 km are left, and each piece is
// integrated by Richardson's extrapolation. Edges up to 1,000 km are taken.
// Heights are not looked at: areas are those at height 0, as a GIS computes
// them (ground at 1,000 m has 0.03 % more).
//
// Thread-safe.
#ifndef SIGHTLINE_SERVICES_GEOREF_ENGINE_CAMERA_POLYGON_AREA_H_
#define SIGHTLINE_SERVICES_GEOREF_ENGINE_CAMERA_POLYGON_AREA_H_

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "services/georef/engine/camera/ellipsoid.h"

namespace sightline::georef {

// The authalic function; `sine` of the geodetic latitude, -1..1.
double AuthalicQ(double sine);

// What the shortest line between two places contributes.
struct EdgeMeasure {
  // Its part of the integral of q over longitude (radians): rings add up to
  // -2 A / a2.
  double q_integral = 0;
  double length_m = 0;
};

// `from` and `to`: at most 1,000 km and less than 180 degrees of longitude
// apart, longitudes -180..180, latitudes below 89.99 degrees; not checked.
// Lengths to 1e-9 of themselves.
EdgeMeasure MeasureEdge(const GeoPoint& from, const GeoPoint& to);

// Square metres; positive for a ring that runs counterclockwise (east to the
// right, north up). The first point is not repeated (it may be). Holes are
// rings of their own, clockwise: add up.
// Errors: InvalidArgument POLYGON_INVALID (fewer than three points, not a
// longitude -180..180 or latitude -90..90, an edge above 1,000 km),
// POLYGON_CROSSES_ANTIMERIDIAN (a step of 180 degrees or more of longitude: cut
// the ring there), TOO_NEAR_POLE (a point within 0.01 degrees of a pole).
absl::StatusOr<double> SignedRingArea(absl::Span<const GeoPoint> ring);

}  // namespace sightline::georef

#endif  // SIGHTLINE_SERVICES_GEOREF_ENGINE_CAMERA_POLYGON_AREA_H_
