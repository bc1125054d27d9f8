// What features say of themselves, beside GeographicLib and GEOS.
#include <geos_c.h>
#include <gtest/gtest.h>

#include <GeographicLib/Geodesic.hpp>
#include <GeographicLib/PolygonArea.hpp>
#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "services/georef/engine/features/build_features.h"
#include "services/georef/engine/features/ring_measure.h"
#include "services/georef/engine/features/wkb.h"
#include "tests/unit/services/georef/engine/features/masks.h"

namespace sightline::georef {
namespace {

struct Measured {
  double area = 0;
  double perimeter = 0;
};

Measured ByGeographicLib(const FeatureSet& set, const Feature& feature) {
  Measured sum;
  for (const MapPolygon& polygon : set.PolygonsOf(feature)) {
    for (const MapRing& ring : set.RingsOf(polygon)) {
      GeographicLib::PolygonArea area(GeographicLib::Geodesic::WGS84());
      for (const MapPoint& vertex : set.VerticesOf(ring)) {
        area.AddPoint(vertex.latitude_deg, vertex.longitude_deg);
      }
      Measured measured;
      area.Compute(false, true, measured.perimeter, measured.area);
      sum.area += measured.area;
      sum.perimeter += measured.perimeter;
    }
  }
  return sum;
}

class Geos {
 public:
  Geos() : handle_(GEOS_init_r()) {}
  ~Geos() { GEOS_finish_r(handle_); }

  // Empty if valid.
  std::string WhyInvalid(const std::string& wkb) {
    GEOSGeometry* geometry = GEOSGeomFromWKB_buf_r(
        handle_, reinterpret_cast<const unsigned char*>(wkb.data()),
        wkb.size());
    if (geometry == nullptr) return "unreadable";
    std::string why;
    if (GEOSisValid_r(handle_, geometry) != 1) {
      char* reason = GEOSisValidReason_r(handle_, geometry);
      why = reason;
      GEOSFree_r(handle_, reason);
    }
    GEOSGeom_destroy_r(handle_, geometry);
    return why;
  }

 private:
  GEOSContextHandle_t handle_;
};

void ExpectAgreement(const FeatureSet& set, const std::string& what) {
  Geos geos;
  for (const Feature& feature : set.features) {
    const Measured peer = ByGeographicLib(set, feature);
    ASSERT_NEAR(feature.area_m2, peer.area,
                std::max(0.001, 2e-8 * feature.area_m2))
        << what;
    // A cut adds its own length twice.
    if (feature.box.west_deg <= feature.box.east_deg) {
      ASSERT_NEAR(feature.perimeter_m, peer.perimeter,
                  1e-4 + 1e-8 * feature.perimeter_m)
          << what;
    }
    ASSERT_EQ(geos.WhyInvalid(ToWkb(set, feature)), "") << what;
  }
}

TEST(FeaturesBesidePeers, AgreeOverLatitudesHeightsAndViews) {
  unsigned seed = 1;
  for (const double latitude : {-85.0, -60.0, -20.0, 0.0, 37.0, 80.0}) {
    for (const double height : {100.0, 2000.0, 9000.0}) {
      for (const double depression : {12.0, 40.0, 90.0}) {
        Pose pose = PoseAt(140, latitude, height, 33, depression);
        pose.roll_deg = 3;
        pose.ground.metres = 40;
        const OwnedMask mask = BlobMask(320, 200, 3, 0.01, seed++);
        const GroundCamera camera = CameraFor(pose, mask);
        FeatureOptions options;
        options.connectivity = seed % 2 == 0 ? Connectivity::kSides
                                             : Connectivity::kSidesAndCorners;
        if (seed % 3 == 0) {
          options.simplify_tolerance_m = 0.002 * height;
          options.minimum_area_m2 = 1e-5 * height * height;
          options.minimum_hole_m2 = 2e-5 * height * height;
        }
        const auto set = Build(mask, camera, options);
        ASSERT_TRUE(set.ok()) << set.status();
        ASSERT_GT(set->features.size(), 2u);
        ExpectAgreement(*set, std::to_string(latitude) + " " +
                                  std::to_string(height) + " " +
                                  std::to_string(depression));
      }
    }
  }
}

// From 9 km the upper edge shows the ground 100 km away.
TEST(FeaturesBesidePeers, AgreeUpToTheHorizon) {
  const OwnedMask mask = BlobMask(640, 400, 2, 0.002, 7);
  const GroundCamera camera = CameraFor(PoseAt(20, 62, 9000, 300, 5), mask);
  const auto set = Build(mask, camera);
  ASSERT_TRUE(set.ok()) << set.status();
  EXPECT_GT(set->pixels_above_horizon, 0);
  ExpectAgreement(*set, "horizon");
}

TEST(FeaturesBesidePeers, AgreeWhereTheAntimeridianIsCrossed) {
  unsigned seed = 100;
  int cut = 0;
  for (const double longitude : {179.999, -179.9995, 180.0}) {
    for (const double heading : {0.0, 77.0, 200.0}) {
      for (const double noise : {0.0, 0.05}) {
        const OwnedMask mask = BlobMask(300, 300, 2, noise, seed++);
        const GroundCamera camera =
            CameraFor(PoseAt(longitude, 52, 3000, heading, 60), mask);
        const auto set = Build(mask, camera);
        ASSERT_TRUE(set.ok()) << set.status();
        ExpectAgreement(*set, std::to_string(longitude));
        for (const Feature& feature : set->features) {
          cut += feature.box.west_deg > feature.box.east_deg;
        }
      }
    }
  }
  EXPECT_GT(cut, 10);
}

TEST(RingMeasure, TheCentroidIsThatOfTheArea) {
  // About a square kilometre.
  const double north = 60.009;
  const std::vector<MapPoint> ring = {
      {10, 60}, {10.018, 60}, {10.018, north}, {10, north}};
  const MapPoint centroid = MeasureRing(ring).Centroid();
  EXPECT_NEAR(centroid.longitude_deg, 10.009, 1e-9);
  // The south is wider.
  EXPECT_LT(centroid.latitude_deg, 60.0045);
  EXPECT_NEAR(centroid.latitude_deg, 60.0045, 1e-6);
}

}  // namespace
}  // namespace sightline::georef
