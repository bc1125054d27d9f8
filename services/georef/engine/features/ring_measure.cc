#include "services/georef/engine/features/ring_measure.h"

#include <algorithm>
#include <cmath>

#include "services/georef/engine/camera/ellipsoid.h"
#include "services/georef/engine/camera/polygon_area.h"

namespace sightline::georef {
namespace {

constexpr double kLongestShortEdge = 50;
constexpr double kAreaOfQ = kSemiMajorAxis * kSemiMajorAxis / 2;

// A vertex, in radians, with what depends on its latitude.
struct Vertex {
  double longitude;
  double latitude;
  double sine;
  double cosine;
  // 1 - e2 sin2.
  double w;
  // The authalic function, polygon_area.h.
  double q;
};

// q as a series in e2 sin2: what is left out is below 2e-13.
double SeriesQ(double sine, double square) {
  const double x = kEccentricitySquared * square;
  return 2 * (1 - kEccentricitySquared) * sine *
         (1 +
          x * (2 / 3.0 +
               x * (3 / 5.0 + x * (4 / 7.0 + x * (5 / 9.0 + x * 6 / 11.0)))));
}

Vertex VertexAt(const MapPoint& point) {
  Vertex vertex;
  vertex.longitude = point.longitude_deg * kDegree;
  vertex.latitude = point.latitude_deg * kDegree;
  vertex.sine = std::sin(vertex.latitude);
  const double square = vertex.sine * vertex.sine;
  vertex.cosine = std::sqrt(1 - square);
  vertex.w = 1 - kEccentricitySquared * square;
  vertex.q = SeriesQ(vertex.sine, square);
  return vertex;
}

// dq / dlatitude.
double SlopeOfQ(double latitude) {
  const double sine = std::sin(latitude);
  const double w = 1 - kEccentricitySquared * sine * sine;
  return 2 * (1 - kEccentricitySquared) * std::cos(latitude) / (w * w);
}

struct Edge {
  double length = 0;
  // Of q over longitude, beyond q at `base`.
  double integral = 0;
};

Edge Measure(const Vertex& a, const Vertex& b, double base) {
  const double longitude = b.longitude - a.longitude;
  const double latitude = b.latitude - a.latitude;
  const double across = kSemiMajorAxis / std::sqrt(0.5 * (a.w + b.w));
  const double along = across * (1 - kEccentricitySquared) * 2 / (a.w + b.w);
  const double cosine = 0.5 * (a.cosine + b.cosine);
  const double east = across * cosine * longitude;
  const double north = along * latitude;
  const double square = east * east + north * north;
  // Towards the poles the series in the length is one in its product with the
  // latitude's tangent.
  const double sine = 0.5 * (a.sine + b.sine);
  if (square * std::max(1.0, sine * sine / (3 * cosine * cosine)) >
      kLongestShortEdge * kLongestShortEdge) {
    const EdgeMeasure exact =
        MeasureEdge({a.longitude / kDegree, a.latitude / kDegree, 0},
                    {b.longitude / kDegree, b.latitude / kDegree, 0});
    return {exact.length_m, exact.q_integral - base * longitude};
  }
  const double beyond =
      2 * sine *
      (latitude * latitude / 4 + longitude * longitude * cosine * cosine / 12);
  return {std::sqrt(square),
          longitude * (0.5 * ((a.q - base) + (b.q - base)) + beyond)};
}

}  // namespace

void RingMeasure::Add(const RingMeasure& other) {
  area_m2 += other.area_m2;
  length_m += other.length_m;
  longitude_moment += other.longitude_moment;
  q_moment += other.q_moment;
}

MapPoint RingMeasure::Centroid() const {
  const double q = q_moment / area_m2;
  // q is nearly linear: few rounds from the sphere's latitude do.
  double latitude =
      std::asin(std::clamp(q / (2 * (1 - kEccentricitySquared)), -1.0, 1.0));
  for (int round = 0; round < 6; ++round) {
    const double change =
        (q - AuthalicQ(std::sin(latitude))) / SlopeOfQ(latitude);
    latitude += change;
    if (std::abs(change) < 1e-14) break;
  }
  return {longitude_moment / area_m2, latitude / kDegree};
}

RingMeasure MeasureRing(absl::Span<const MapPoint> ring) {
  const Vertex first = VertexAt(ring[0]);
  double integral = 0;
  double length = 0;
  // Of the polygon in the plane of longitude and q, from the first vertex:
  // twice its area and six times its moments.
  double twice_area = 0;
  double longitude_moment = 0;
  double q_moment = 0;
  Vertex from = first;
  for (size_t i = 1; i <= ring.size(); ++i) {
    const Vertex to = i < ring.size() ? VertexAt(ring[i]) : first;
    const Edge edge = Measure(from, to, first.q);
    integral += edge.integral;
    length += edge.length;
    const double x1 = from.longitude - first.longitude;
    const double x2 = to.longitude - first.longitude;
    const double y1 = from.q - first.q;
    const double y2 = to.q - first.q;
    const double cross = x1 * y2 - x2 * y1;
    twice_area += cross;
    longitude_moment += (x1 + x2) * cross;
    q_moment += (y1 + y2) * cross;
    from = to;
  }
  RingMeasure measure;
  measure.area_m2 = -kAreaOfQ * integral;
  measure.length_m = length;
  const double third = twice_area == 0 ? 0 : 1 / (3 * twice_area);
  measure.longitude_moment =
      measure.area_m2 * (first.longitude + longitude_moment * third) / kDegree;
  measure.q_moment = measure.area_m2 * (first.q + q_moment * third);
  return measure;
}

}  // namespace sightline::georef
