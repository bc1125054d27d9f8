#include "services/georef/engine/camera/polygon_area.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "services/georef/engine/camera/reasons.h"
#include "tests/unit/services/georef/engine/camera/poses.h"

namespace sightline::georef {
namespace {

TEST(PolygonArea, KnowsTheWholeEarth) {
  // NIMA TR8350.2: authalic radius 6371007.1809 m.
  EXPECT_NEAR(kSemiMajorAxis * std::sqrt(AuthalicQ(1) / 2), 6371007.1809, 1e-4);
}

TEST(PolygonArea, KnowsADegreeAtTheEquator) {
  // GeographicLib's Planimeter for (0,0) (1,0) (1,1) (0,1), geodesic edges.
  const std::vector<GeoPoint> cell{{0, 0}, {1, 0}, {1, 1}, {0, 1}};
  const auto area = SignedRingArea(cell);
  ASSERT_TRUE(area.ok()) << area.status();
  EXPECT_NEAR(*area / 12308778361.469452, 1, 1e-8);
  const std::vector<GeoPoint> turned(cell.rbegin(), cell.rend());
  EXPECT_DOUBLE_EQ(*SignedRingArea(turned), -*area);
}

// The integral of M(latitude) N(latitude) cos(latitude), by Simpson's rule.
double CellByQuadrature(double south, double north, double width) {
  const int steps = 2000;
  double sum = 0;
  for (int i = 0; i <= steps; ++i) {
    const double s = std::sin((south + (north - south) * i / steps) * kDegree);
    const double c = std::cos((south + (north - south) * i / steps) * kDegree);
    const double w = 1 - kEccentricitySquared * s * s;
    sum += (i == 0 || i == steps ? 1 : i % 2 == 1 ? 4 : 2) * c / (w * w);
  }
  return kSemiMajorAxis * kSemiMajorAxis * (1 - kEccentricitySquared) * sum *
         (north - south) * kDegree / steps / 3 * width * kDegree;
}

TEST(PolygonArea, AgreesWithQuadratureBetweenParallels) {
  for (double south = -85; south < 85; south += 10) {
    // Parallels, in steps short enough to be straight.
    std::vector<GeoPoint> ring;
    for (int i = 0; i <= 4000; ++i) ring.push_back({i * 1e-4, south});
    for (int i = 4000; i >= 0; --i) ring.push_back({i * 1e-4, south + 0.5});
    const auto area = SignedRingArea(ring);
    ASSERT_TRUE(area.ok()) << area.status();
    EXPECT_NEAR(*area / CellByQuadrature(south, south + 0.5, 0.4), 1, 1e-8)
        << south;
  }
}

TEST(PolygonArea, OfASmallFieldIsThatOfItsPlane) {
  for (const double latitude : {-80.0, 0.0, 52.0, 84.0}) {
    for (const double side : {1.0, 8.0, 60.0, 900.0}) {
      const GeoPoint middle{-179.0, latitude, 0};
      const Vector3 origin = ToEarthCentred(middle);
      std::vector<GeoPoint> ring;
      for (const auto& [x, y] : {std::pair{-1, -1}, std::pair{1, -1},
                                 std::pair{1, 1}, std::pair{-1, 1}}) {
        ring.push_back(ToGeodetic(
            origin +
            EastNorthUp(middle).Apply({x * side / 2, y * side / 2, 0})));
      }
      // A square of the tangent plane; its curvature is of order
      // (side / R)^2.
      EXPECT_NEAR(*SignedRingArea(ring) / (side * side), 1, 5e-8)
          << latitude << " " << side;
    }
  }
}

TEST(PolygonArea, LongEdgesEqualManyShortOnes) {
  // The same shortest line, cut by hand into 4,096 pieces of 10 m and less.
  std::vector<GeoPoint> coarse{{10, 70}, {10.8, 70.1}, {10.3, 70.4}};
  std::vector<GeoPoint> fine = coarse;
  for (int round = 0; round < 12; ++round) {
    std::vector<GeoPoint> halved;
    for (size_t i = 0; i < fine.size(); ++i) {
      const GeoPoint& next = fine[(i + 1) % fine.size()];
      halved.push_back(fine[i]);
      GeoPoint middle =
          ToGeodetic(0.5 * (ToEarthCentred(fine[i]) + ToEarthCentred(next)));
      middle.height_m = 0;
      halved.push_back(middle);
    }
    fine = halved;
  }
  EXPECT_NEAR(*SignedRingArea(coarse) / *SignedRingArea(fine), 1, 1e-10);
}

TEST(PolygonArea, RingsMayTouchTheAntimeridian) {
  const std::vector<GeoPoint> inland{{9.9, 1}, {10, 1}, {10, 1.1}, {9.9, 1.1}};
  for (const double shift : {170.0, -189.9}) {
    std::vector<GeoPoint> ring = inland;
    for (GeoPoint& point : ring) {
      point.longitude_deg =
          std::clamp(point.longitude_deg + shift, -180.0, 180.0);
    }
    EXPECT_NEAR(*SignedRingArea(ring) / *SignedRingArea(inland), 1, 1e-11);
  }
}

TEST(PolygonArea, HolesAreAddedUp) {
  const std::vector<GeoPoint> outer{{0, 0}, {.03, 0}, {.03, .03}, {0, .03}};
  const std::vector<GeoPoint> hole{
      {.01, .01}, {.01, .02}, {.02, .02}, {.02, .01}};
  EXPECT_NEAR(
      (*SignedRingArea(outer) + *SignedRingArea(hole)) / *SignedRingArea(outer),
      8.0 / 9, 1e-6);
  std::vector<GeoPoint> closed = outer;
  closed.push_back(outer[0]);
  EXPECT_DOUBLE_EQ(*SignedRingArea(closed), *SignedRingArea(outer));
}

TEST(PolygonArea, RefusesWhatHasNoArea) {
  const auto status = [](std::vector<GeoPoint> ring) {
    return SignedRingArea(ring).status();
  };
  ExpectReason(status({{0, 0}, {1, 1}}), kPolygonInvalid, "ring");
  ExpectReason(status({{0, 0}, {1, NAN}, {1, 1}}), kPolygonInvalid, "ring[1]");
  ExpectReason(status({{0, 0}, {1, 0}, {181, 1}}), kPolygonInvalid, "ring[2]");
  ExpectReason(status({{0, 0}, {40, 0}, {40, 1}}), kPolygonInvalid, "ring[1]");
  ExpectReason(status({{179.9, 0}, {-179.9, 0}, {-179.9, 0.1}}),
               kPolygonCrossesAntimeridian, "ring[1]");
  // Around the pole in four steps.
  ExpectReason(status({{-135, 89}, {-45, 89}, {45, 89}, {135, 89}}),
               kPolygonCrossesAntimeridian, "ring[0]");
  ExpectReason(status({{0, 89}, {90, 90}, {90, 89}}), kTooNearPole, "ring[1]");
}

}  // namespace
}  // namespace sightline::georef
