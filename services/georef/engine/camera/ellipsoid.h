// The figure of the Earth: WGS84 geodetic coordinates, Earth-centred ones and
// local directions.
//
// Geodetic coordinates are degrees and metres above the ELLIPSOID, not above
// the sea (pose.h converts). Earth-centred, Earth-fixed (ECEF) ones are metres:
// x through longitude 0 on the equator, y through 90 degrees east, z through
// the north pole. Figures: NIMA TR8350.2, WGS84. Everything is thread-safe.
#ifndef SIGHTLINE_SERVICES_GEOREF_ENGINE_CAMERA_ELLIPSOID_H_
#define SIGHTLINE_SERVICES_GEOREF_ENGINE_CAMERA_ELLIPSOID_H_

#include "services/georef/engine/camera/vector3.h"

namespace sightline::georef {

inline constexpr double kSemiMajorAxis = 6378137.0;
inline constexpr double kFlattening = 1 / 298.257223563;
inline constexpr double kSemiMinorAxis = kSemiMajorAxis * (1 - kFlattening);
inline constexpr double kEccentricitySquared = kFlattening * (2 - kFlattening);

// A place: degrees east and north, metres above the WGS84 ellipsoid.
struct GeoPoint {
  double longitude_deg = 0;
  double latitude_deg = 0;
  double height_m = 0;
  bool operator==(const GeoPoint&) const = default;
};

// Metres, Earth-centred.
Vector3 ToEarthCentred(const GeoPoint& place);

// The inverse. Longitude -180..180 (0 on the axis). Heights of -1 km to
// 100 km: exact to 10 nanometres. Bowring (1976), three rounds.
GeoPoint ToGeodetic(const Vector3& position);

// East, north and up at a place, as the columns of a rotation from local to
// Earth-centred directions.
Rotation EastNorthUp(const GeoPoint& place);

// The same as north, east, down: the frame in which attitudes are measured.
Rotation NorthEastDown(const GeoPoint& place);

// The outward normal of the ellipsoid at a place.
Vector3 Up(const GeoPoint& place);

// `longitude_deg` turned into -180..180.
double WrapLongitude(double longitude_deg);

}  // namespace sightline::georef

#endif  // SIGHTLINE_SERVICES_GEOREF_ENGINE_CAMERA_ELLIPSOID_H_
