// A point of a plane of metres, in which the outlines of a frame's polygons are
// simplified.
#ifndef SIGHTLINE_SERVICES_GEOREF_ENGINE_VECTOR_PLANE_POINT_H_
#define SIGHTLINE_SERVICES_GEOREF_ENGINE_VECTOR_PLANE_POINT_H_

namespace sightline::georef {

// Metres; axes at right angles, whichever way they point.
struct PlanePoint {
  double x = 0;
  double y = 0;
  bool operator==(const PlanePoint&) const = default;
};

}  // namespace sightline::georef

#endif  // SIGHTLINE_SERVICES_GEOREF_ENGINE_VECTOR_PLANE_POINT_H_
