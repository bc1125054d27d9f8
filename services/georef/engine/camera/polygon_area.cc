#include "services/georef/engine/camera/polygon_area.h"

#include <cmath>

#include "absl/strings/str_cat.h"
#include "common/status/error.h"
#include "services/georef/engine/camera/reasons.h"

namespace sightline::georef {
namespace {

constexpr double kLongestEdge = 1e6;
constexpr double kLongestPiece = 2000;
// Below, the trapezoid is off by less than 2e-6 m2 up to 85 degrees.
constexpr double kShortEdge = 2;
constexpr double kHighestLatitude = 89.99;

struct Vertex {
  GeoPoint place;
  Vector3 position;
  double q = 0;
};

Vertex VertexAt(double longitude_deg, double latitude_deg) {
  Vertex vertex;
  vertex.place = {longitude_deg, latitude_deg, 0};
  vertex.position = ToEarthCentred(vertex.place);
  vertex.q = AuthalicQ(std::sin(latitude_deg * kDegree));
  return vertex;
}

// Half of an edge's shortest line, to third order in its length: the middle
// of the chord, lifted along the ellipsoid's normal.
Vertex Middle(const Vertex& a, const Vertex& b) {
  const GeoPoint middle = ToGeodetic(0.5 * (a.position + b.position));
  return VertexAt(middle.longitude_deg, middle.latitude_deg);
}

double Trapezoid(const Vertex& a, const Vertex& b) {
  return 0.5 * (a.q + b.q) * (b.place.longitude_deg - a.place.longitude_deg) *
         kDegree;
}

double Integral(const Vertex& a, const Vertex& b) {
  const double length = Length(b.position - a.position);
  if (length <= kShortEdge) return Trapezoid(a, b);
  const Vertex middle = Middle(a, b);
  if (length > kLongestPiece) return Integral(a, middle) + Integral(middle, b);
  const double once = Trapezoid(a, b);
  const double twice = Trapezoid(a, middle) + Trapezoid(middle, b);
  return (4 * twice - once) / 3;
}

// An arc is longer than its chord c by c^3 / (24 R^2); the radius R of the
// ellipsoid's normal sections varies by 0.7 %, which changes nothing here.
double ArcLength(const Vertex& a, const Vertex& b) {
  const double chord = Length(b.position - a.position);
  if (chord > kLongestPiece) {
    const Vertex middle = Middle(a, b);
    return ArcLength(a, middle) + ArcLength(middle, b);
  }
  const double ratio = chord / kSemiMajorAxis;
  return chord * (1 + ratio * ratio / 24);
}

absl::Status Wrong(const char* reason, size_t index, absl::string_view what) {
  return Error(absl::StatusCode::kInvalidArgument, reason)
      .Field(absl::StrCat("ring[", index, "]"), what);
}

}  // namespace

double AuthalicQ(double sine) {
  static const double kEccentricity = std::sqrt(kEccentricitySquared);
  return (1 - kEccentricitySquared) *
         (sine / (1 - kEccentricitySquared * sine * sine) +
          std::atanh(kEccentricity * sine) / kEccentricity);
}

EdgeMeasure MeasureEdge(const GeoPoint& from, const GeoPoint& to) {
  const Vertex a = VertexAt(from.longitude_deg, from.latitude_deg);
  const Vertex b = VertexAt(to.longitude_deg, to.latitude_deg);
  return {Integral(a, b), ArcLength(a, b)};
}

absl::StatusOr<double> SignedRingArea(absl::Span<const GeoPoint> ring) {
  if (ring.size() < 3) {
    return Error(absl::StatusCode::kInvalidArgument, kPolygonInvalid)
        .Field("ring",
               absl::StrCat("has ", ring.size(), " points, needs at least 3"));
  }
  for (size_t i = 0; i < ring.size(); ++i) {
    if (!(std::abs(ring[i].longitude_deg) <= 180 &&
          std::abs(ring[i].latitude_deg) <= 90)) {
      return Wrong(
          kPolygonInvalid, i,
          absl::StrCat("is no longitude -180..180 and latitude "
                       "-90..90: ",
                       ring[i].longitude_deg, ", ", ring[i].latitude_deg));
    }
    if (std::abs(ring[i].latitude_deg) > kHighestLatitude) {
      return Wrong(kTooNearPole, i, "lies within 0.01 degrees of a pole");
    }
  }
  double integral = 0;
  Vertex from = VertexAt(ring[0].longitude_deg, ring[0].latitude_deg);
  for (size_t next = 1; next <= ring.size(); ++next) {
    const size_t i = next % ring.size();
    const Vertex to = VertexAt(ring[i].longitude_deg, ring[i].latitude_deg);
    if (std::abs(to.place.longitude_deg - from.place.longitude_deg) >= 180) {
      return Wrong(kPolygonCrossesAntimeridian, i,
                   "lies on the other side of the antimeridian than the point "
                   "before it; cut the ring there");
    }
    if (Length(to.position - from.position) > kLongestEdge) {
      return Wrong(kPolygonInvalid, i,
                   "ends an edge of more than 1000 km; add points between");
    }
    integral += Integral(from, to);
    from = to;
  }
  return -0.5 * kSemiMajorAxis * kSemiMajorAxis * integral;
}

}  // namespace sightline::georef
