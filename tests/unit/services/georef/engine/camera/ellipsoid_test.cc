#include "services/georef/engine/camera/ellipsoid.h"

#include <gtest/gtest.h>

#include <cmath>

namespace sightline::georef {
namespace {

TEST(Ellipsoid, AgreesWithAxesThatAreKnown) {
  // NIMA TR8350.2, table 3.3: b = 6356752.3142 m, e2 = 6.69437999014e-3.
  EXPECT_NEAR(kSemiMinorAxis, 6356752.3142, 5e-5);
  EXPECT_NEAR(kEccentricitySquared, 6.69437999014e-3, 5e-15);
  const Vector3 equator = ToEarthCentred({90, 0, 10});
  EXPECT_NEAR(equator.y, 6378147, 1e-9);
  EXPECT_NEAR(equator.x, 0, 1e-8);
  EXPECT_NEAR(ToEarthCentred({0, -90, 0}).z, -6356752.3142, 5e-5);
}

TEST(Ellipsoid, AgreesWithAPublishedPoint) {
  // Guidance note 7-2 of IOGP (EPSG 9602): the North Sea example.
  const GeoPoint place{2 + 7 / 60.0 + 46.38 / 3600,
                       53 + 48 / 60.0 + 33.82 / 3600, 73.0};
  const Vector3 position = ToEarthCentred(place);
  EXPECT_NEAR(position.x, 3771793.968, 2e-3);
  EXPECT_NEAR(position.y, 140253.342, 2e-3);
  EXPECT_NEAR(position.z, 5124304.349, 2e-3);
}

TEST(Ellipsoid, GoesThereAndBack) {
  for (double latitude = -90; latitude <= 90; latitude += 2.5) {
    for (const double longitude : {-179.999999, -60.0, 0.0, 17.0, 179.999999}) {
      for (const double height : {-1000.0, 0.0, 100.0, 9000.0, 100000.0}) {
        const GeoPoint place{longitude, latitude, height};
        const GeoPoint back = ToGeodetic(ToEarthCentred(place));
        EXPECT_NEAR(back.latitude_deg, latitude, 1e-13 * 90);
        EXPECT_NEAR(back.height_m, height, 1e-8) << latitude;
        EXPECT_LT(Length(ToEarthCentred(back) - ToEarthCentred(place)), 1e-8)
            << latitude << " " << longitude << " " << height;
      }
    }
  }
}

TEST(Ellipsoid, LocalDirectionsAreThoseOfSmallSteps) {
  const GeoPoint place{127.3, 35.2, 400};
  const Rotation local = EastNorthUp(place);
  const Vector3 origin = ToEarthCentred(place);
  const Vector3 steps[3] = {
      local.ApplyInverse(ToEarthCentred({127.30001, 35.2, 400}) - origin),
      local.ApplyInverse(ToEarthCentred({127.3, 35.20001, 400}) - origin),
      local.ApplyInverse(ToEarthCentred({127.3, 35.2, 401}) - origin)};
  EXPECT_NEAR(steps[0].x / Length(steps[0]), 1, 1e-7);
  EXPECT_NEAR(steps[1].y / Length(steps[1]), 1, 1e-7);
  EXPECT_NEAR(steps[2].z, 1, 1e-7);
  EXPECT_NEAR(NorthEastDown(place).ApplyInverse(local.x).y, 1, 1e-15);
  EXPECT_NEAR(NorthEastDown(place).ApplyInverse(local.z).z, -1, 1e-15);
}

TEST(Ellipsoid, WrapsLongitudes) {
  EXPECT_NEAR(WrapLongitude(190), -170, 1e-12);
  EXPECT_NEAR(WrapLongitude(-541), 179, 1e-12);
}

}  // namespace
}  // namespace sightline::georef
