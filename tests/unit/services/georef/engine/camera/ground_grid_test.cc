#include "services/georef/engine/camera/ground_grid.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>

#include "services/georef/engine/camera/reasons.h"
#include "tests/unit/services/georef/engine/camera/poses.h"

namespace sightline::georef {
namespace {

constexpr PixelSize kFrame{1920, 1080};
constexpr PixelRegion kWhole{0, 0, 1920, 1080};

TEST(GroundGrid, ItsBoundHoldsEverywhere) {
  std::mt19937 random(7);
  for (const double latitude : {-85.0, -30.0, 0.0, 62.0, 85.0}) {
    for (const double height : {100.0, 2000.0, 9000.0}) {
      for (const double depression : {16.0, 35.0, 90.0}) {
        for (const double tolerance : {0.001, 1.0}) {
          Pose pose = PoseAt(179.999, latitude, height, 40, depression);
          pose.roll_deg = 4;
          pose.ground.metres = 30;
          const auto camera = GroundCamera::Create(pose, kFrame);
          ASSERT_TRUE(camera.ok()) << camera.status();
          const auto grid = GroundGrid::Create(*camera, kWhole, tolerance);
          if (!grid.ok()) {
            // A millimetre is too much to ask of a long oblique view.
            ExpectReason(grid.status(), kMappingToleranceMissed);
            EXPECT_LT(tolerance, 0.01);
            EXPECT_LT(depression, 20);
            continue;
          }
          EXPECT_LE(grid->error_bound_m(), tolerance);
          for (int i = 0; i < 2000; ++i) {
            const PixelPoint pixel{
                std::uniform_real_distribution<double>(0, 1920)(random),
                std::uniform_real_distribution<double>(0, 1080)(random)};
            const auto mapped = grid->Map(pixel);
            ASSERT_TRUE(mapped.has_value());
            ASSERT_LE(std::abs(mapped->longitude_deg), 180);
            ASSERT_LE(Length(ToEarthCentred(*mapped) -
                             camera->Ground(pixel)->position),
                      grid->error_bound_m())
                << latitude << " " << height << " " << depression;
          }
        }
      }
    }
  }
}

TEST(GroundGrid, ItsBoundHoldsNearTheHorizon) {
  // The upper edge looks down by 1.4 degrees, the horizon lies at 1.0.
  const auto camera =
      GroundCamera::Create(PoseAt(10, 50, 1000, 300, 10), kFrame);
  const auto grid = GroundGrid::Create(*camera, kWhole, 20);
  ASSERT_TRUE(grid.ok()) << grid.status();
  std::mt19937 random(11);
  double worst = 0;
  for (int i = 0; i < 20000; ++i) {
    const PixelPoint pixel{
        std::uniform_real_distribution<double>(0, 1920)(random),
        std::uniform_real_distribution<double>(0, 60)(random)};
    worst = std::max(worst, Length(ToEarthCentred(*grid->Map(pixel)) -
                                   camera->Ground(pixel)->position));
  }
  EXPECT_LE(worst, grid->error_bound_m());
  // Nor is it a bound that says nothing.
  EXPECT_GT(worst, grid->error_bound_m() / 20);
}

TEST(GroundGrid, MapsItsRegionAndNothingElse) {
  const auto camera = GroundCamera::Create(PoseAt(10, 50, 1000, 0, 30), kFrame);
  const auto grid = GroundGrid::Create(*camera, {100, 200, 900, 700}, 0.01);
  ASSERT_TRUE(grid.ok()) << grid.status();
  EXPECT_TRUE(grid->Map({100, 200}).has_value());
  EXPECT_TRUE(grid->Map({900, 700}).has_value());
  EXPECT_FALSE(grid->Map({99, 300}).has_value());
  EXPECT_FALSE(grid->Map({NAN, 300}).has_value());
}

TEST(GroundGrid, SaysWhyItCannotMap) {
  const auto camera = GroundCamera::Create(PoseAt(10, 50, 1000, 0, 5), kFrame);
  ASSERT_TRUE(camera.ok());
  ExpectReason(GroundGrid::Create(*camera, kWhole, 1).status(),
               kPixelAboveHorizon);
  EXPECT_TRUE(GroundGrid::Create(*camera, {0, 600, 1920, 1080}, 1).ok());
  for (const PixelRegion& region :
       {PixelRegion{0, 0, 0, 10}, PixelRegion{0, 0, 2000, 10},
        PixelRegion{NAN, 0, 10, 10}}) {
    ExpectReason(GroundGrid::Create(*camera, region, 1).status(), kPixelInvalid,
                 "region");
  }
  ExpectReason(GroundGrid::Create(*camera, kWhole, NAN).status(), kPixelInvalid,
               "tolerance_m");
  // Ahead lies the pole, within the frame and outside of it.
  const auto polar =
      GroundCamera::Create(PoseAt(10, 89.98, 5000, 0, 60), kFrame);
  ExpectReason(GroundGrid::Create(*polar, kWhole, 1).status(), kTooNearPole);
  const auto beside =
      GroundCamera::Create(PoseAt(10, 89.9, 100, 180, 90), kFrame);
  ExpectReason(GroundGrid::Create(*beside, kWhole, 1).status(), kTooNearPole);
}

}  // namespace
}  // namespace sightline::georef
