#include "services/georef/engine/camera/position_error.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "services/georef/engine/camera/ground_camera.h"
#include "services/georef/engine/camera/reasons.h"
#include "tests/unit/services/georef/engine/camera/poses.h"

namespace sightline::georef {
namespace {

constexpr PixelSize kFrame{1920, 1080};

TEST(PositionError, OfANadirViewIsKnown) {
  // Pitch moves the middle by height * angle along the track, which runs
  // north-east; the camera's place moves it as much as itself.
  const Pose pose = PoseAt(10, 50, 1000, 45, 90);
  PoseUncertainty uncertainty;
  uncertainty.pitch_deg = 0.1;
  auto error = EstimatePositionError(pose, kFrame, {960, 540}, uncertainty);
  ASSERT_TRUE(error.ok()) << error.status();
  EXPECT_NEAR(error->semi_major_m, 1000 * 0.1 * kDegree, 1e-4);
  EXPECT_NEAR(error->semi_minor_m, 0, 1e-3);
  EXPECT_NEAR(error->orientation_deg, 45, 1e-3);
  uncertainty = {};
  uncertainty.horizontal_m = 3;
  error = EstimatePositionError(pose, kFrame, {960, 540}, uncertainty);
  EXPECT_NEAR(error->semi_major_m, 3, 1e-3);
  EXPECT_NEAR(error->semi_minor_m, 3, 1e-3);
  EXPECT_NEAR(error->radial_m, 3 * std::sqrt(2), 1e-3);
}

TEST(PositionError, AgreesWithRandomPoses) {
  Pose pose = PoseAt(127, 35, 1500, 200, 30);
  pose.vertical_field_of_view_deg = 18;
  PoseUncertainty u;
  u.horizontal_m = 4;
  u.height_m = 8;
  u.heading_deg = 0.3;
  u.pitch_deg = 0.1;
  u.roll_deg = 0.1;
  u.sensor_azimuth_deg = 0.05;
  u.sensor_elevation_deg = 0.05;
  u.sensor_roll_deg = 0.2;
  u.horizontal_field_of_view_deg = 0.1;
  u.vertical_field_of_view_deg = 0.1;
  u.ground_height_m = 3;
  const PixelPoint pixel{200, 300};
  const auto error = EstimatePositionError(pose, kFrame, pixel, u);
  ASSERT_TRUE(error.ok()) << error.status();
  const auto middle = GroundCamera::Create(pose, kFrame)->Ground(pixel);
  const Rotation local = EastNorthUp(middle->place);
  std::mt19937 random(3);
  std::normal_distribution<double> normal;
  double ee = 0, nn = 0, en = 0;
  constexpr int kDraws = 20000;
  for (int i = 0; i < kDraws; ++i) {
    Pose drawn = pose;
    drawn.latitude_deg += u.horizontal_m * normal(random) / 110940;
    drawn.longitude_deg += u.horizontal_m * normal(random) / 91290;
    drawn.height.metres += u.height_m * normal(random);
    drawn.heading.degrees += u.heading_deg * normal(random);
    drawn.pitch_deg += u.pitch_deg * normal(random);
    drawn.roll_deg += u.roll_deg * normal(random);
    drawn.sensor_azimuth_deg += u.sensor_azimuth_deg * normal(random);
    drawn.sensor_elevation_deg += u.sensor_elevation_deg * normal(random);
    drawn.sensor_roll_deg += u.sensor_roll_deg * normal(random);
    drawn.horizontal_field_of_view_deg +=
        u.horizontal_field_of_view_deg * normal(random);
    *drawn.vertical_field_of_view_deg +=
        u.vertical_field_of_view_deg * normal(random);
    drawn.ground.metres += u.ground_height_m * normal(random);
    const auto hit = GroundCamera::Create(drawn, kFrame)->Trace(pixel);
    ASSERT_TRUE(hit.has_value());
    const Vector3 off = local.ApplyInverse(hit->position - middle->position);
    ee += off.x * off.x / kDraws;
    nn += off.y * off.y / kDraws;
    en += off.x * off.y / kDraws;
  }
  // The standard error of a variance from 20,000 draws is 1 %.
  EXPECT_NEAR(error->east_east_m2 / ee, 1, 0.05);
  EXPECT_NEAR(error->north_north_m2 / nn, 1, 0.05);
  EXPECT_NEAR((error->east_north_m2 - en) / std::sqrt(ee * nn), 0, 0.05);
}

TEST(PositionError, RefusesFiguresThatWouldNotBeHonest) {
  PoseUncertainty uncertainty;
  uncertainty.pitch_deg = 1;
  ExpectReason(EstimatePositionError(PoseAt(10, 50, 1000, 0, 1.6), kFrame,
                                     {960, 540}, uncertainty)
                   .status(),
               kPixelAboveHorizon);
  uncertainty.pitch_deg = -1;
  ExpectReason(EstimatePositionError(PoseAt(10, 50, 1000, 0, 40), kFrame,
                                     {960, 540}, uncertainty)
                   .status(),
               kPoseInvalid, "uncertainty.pitch_deg");
}

}  // namespace
}  // namespace sightline::georef
