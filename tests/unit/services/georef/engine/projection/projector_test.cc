#include "services/georef/engine/projection/projector.h"

#include <gtest/gtest.h>

#include <cmath>
#include <thread>
#include <vector>

#include "services/georef/engine/projection/reasons.h"
#include "tests/unit/services/georef/engine/features/masks.h"

namespace sightline::georef {
namespace {

TEST(Projector, PutsEastBeforeNorth) {
  const auto projector = Projector::Create(32652);
  ASSERT_TRUE(projector.ok()) << projector.status();
  EXPECT_FALSE(projector->is_geographic());
  EXPECT_EQ(projector->metres_per_unit(), 1);
  // On the central meridian of zone 52: the false easting, and 0.9996 of the
  // meridian's arc to 45 degrees (4,984,944.378 m, Snyder 1987, table 4-5
  // interpolated by GeographicLib).
  std::vector<MapPoint> points = {{129, 45}};
  ASSERT_TRUE(projector->Forward(absl::MakeSpan(points)).ok());
  EXPECT_NEAR(points[0].longitude_deg, 500000, 1e-3);
  EXPECT_NEAR(points[0].latitude_deg, 0.9996 * 4984944.378, 1e-2);
  ASSERT_TRUE(projector->Inverse(absl::MakeSpan(points)).ok());
  EXPECT_NEAR(points[0].longitude_deg, 129, 1e-10);
  EXPECT_NEAR(points[0].latitude_deg, 45, 1e-10);
}

TEST(Projector, LeavesWgs84AsItIs) {
  const auto projector = Projector::Create(4326);
  ASSERT_TRUE(projector.ok()) << projector.status();
  EXPECT_TRUE(projector->is_geographic());
  std::vector<MapPoint> points = {{129, 45}};
  ASSERT_TRUE(projector->Forward(absl::MakeSpan(points)).ok());
  EXPECT_EQ(points[0], (MapPoint{129, 45}));
}

TEST(Projector, RefusesWhatItDoesNotKnow) {
  // 0 and 99999 do not exist; 5773 is a height system, 4978 Earth-centred.
  for (const int epsg : {0, -1, 99999, 5773, 4978}) {
    ExpectReason(Projector::Create(epsg).status(), kUnknownCoordinateSystem,
                 "epsg");
  }
}

TEST(Projector, SaysWherePlacesLieOutside) {
  // Europe's equal-area system has no place for the other side of the globe.
  const auto projector = Projector::Create(3035);
  ASSERT_TRUE(projector.ok()) << projector.status();
  std::vector<MapPoint> points = {{10, 50}, {-170, -52}};
  ExpectReason(projector->Forward(absl::MakeSpan(points)),
               kOutsideCoordinateSystem);
}

TEST(Projector, ChangesTheVerticesOfFeaturesAndNothingElse) {
  const OwnedMask mask = FullMask(10, 10, 1);
  const GroundCamera camera = CameraFor(PoseAt(129, 36, 500, 0, 90), mask);
  const auto set = Build(mask, camera);
  ASSERT_TRUE(set.ok());
  const auto projector = Projector::Create(32652);
  const auto projected = Project(*set, *projector);
  ASSERT_TRUE(projected.ok()) << projected.status();
  ASSERT_EQ(projected->vertices.size(), set->vertices.size());
  for (const MapPoint& vertex : projected->vertices) {
    EXPECT_NEAR(vertex.longitude_deg, 500000, 200);
  }
  EXPECT_EQ(projected->features[0].centroid, set->features[0].centroid);
}

TEST(Projector, DifferentThreadsUseDifferentOnes) {
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([] {
      for (int j = 0; j < 5; ++j) {
        const auto projector = Projector::Create(32601 + j);
        ASSERT_TRUE(projector.ok());
        std::vector<MapPoint> points = {{-177.0 + 6 * j, 10}};
        ASSERT_TRUE(projector->Forward(absl::MakeSpan(points)).ok());
        ASSERT_NEAR(points[0].longitude_deg, 500000, 1e-6);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
}

TEST(UniversalEpsg, IsTheZone) {
  EXPECT_EQ(UniversalEpsg({129, 36}), 32652);
  EXPECT_EQ(UniversalEpsg({129, -36}), 32752);
  EXPECT_EQ(UniversalEpsg({-180, 1}), 32601);
  EXPECT_EQ(UniversalEpsg({180, 1}), 32660);
  EXPECT_EQ(UniversalEpsg({0, 85}), 32661);
  EXPECT_EQ(UniversalEpsg({0, -85}), 32761);
}

}  // namespace
}  // namespace sightline::georef
