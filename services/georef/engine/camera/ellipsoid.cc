#include "services/georef/engine/camera/ellipsoid.h"

#include <cmath>

namespace sightline::georef {

Vector3 ToEarthCentred(const GeoPoint& place) {
  const double sine = std::sin(place.latitude_deg * kDegree);
  const double cosine = std::cos(place.latitude_deg * kDegree);
  const double normal =
      kSemiMajorAxis / std::sqrt(1 - kEccentricitySquared * sine * sine);
  const double radius = (normal + place.height_m) * cosine;
  return {radius * std::cos(place.longitude_deg * kDegree),
          radius * std::sin(place.longitude_deg * kDegree),
          (normal * (1 - kEccentricitySquared) + place.height_m) * sine};
}

GeoPoint ToGeodetic(const Vector3& position) {
  constexpr double kSecond = kEccentricitySquared / (1 - kEccentricitySquared);
  const double radius = std::hypot(position.x, position.y);
  // The parametric latitude as a pair (sine, cosine): no trigonometry within
  // the rounds, nothing special at the poles.
  double sine = position.z;
  double cosine = radius * (1 - kFlattening);
  double up = 0;
  double out = 1;
  for (int round = 0; round < 3; ++round) {
    const double length = std::hypot(sine, cosine);
    const double s = sine / length;
    const double c = cosine / length;
    up = position.z + kSecond * kSemiMinorAxis * s * s * s;
    out = radius - kEccentricitySquared * kSemiMajorAxis * c * c * c;
    sine = (1 - kFlattening) * up;
    cosine = out;
  }
  const double length = std::hypot(up, out);
  const double s = up / length;
  const double c = out / length;
  GeoPoint place;
  place.latitude_deg = std::atan2(up, out) / kDegree;
  place.longitude_deg = std::atan2(position.y, position.x) / kDegree;
  place.height_m = radius * c + position.z * s -
                   kSemiMajorAxis * std::sqrt(1 - kEccentricitySquared * s * s);
  return place;
}

Rotation EastNorthUp(const GeoPoint& place) {
  const double sf = std::sin(place.latitude_deg * kDegree);
  const double cf = std::cos(place.latitude_deg * kDegree);
  const double sl = std::sin(place.longitude_deg * kDegree);
  const double cl = std::cos(place.longitude_deg * kDegree);
  return {{-sl, cl, 0}, {-sf * cl, -sf * sl, cf}, {cf * cl, cf * sl, sf}};
}

Rotation NorthEastDown(const GeoPoint& place) {
  const Rotation local = EastNorthUp(place);
  return {local.y, local.x, -1 * local.z};
}

Vector3 Up(const GeoPoint& place) { return EastNorthUp(place).z; }

double WrapLongitude(double longitude_deg) {
  // Nearly always; the division is what mapping a vertex costs elsewhere.
  if (std::abs(longitude_deg) <= 180) return longitude_deg;
  return std::remainder(longitude_deg, 360.0);
}

}  // namespace sightline::georef
