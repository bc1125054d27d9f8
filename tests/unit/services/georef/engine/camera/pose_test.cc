#include "services/georef/engine/camera/pose.h"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>

#include "services/georef/engine/camera/reasons.h"
#include "tests/unit/services/georef/engine/camera/poses.h"

namespace sightline::georef {
namespace {

TEST(Pose, TurnsEveryNorthIntoTheTrueOne) {
  EXPECT_EQ(*TrueHeading({30, NorthReference::kTrue, {}, {}}), 30);
  EXPECT_EQ(*TrueHeading({30, NorthReference::kGrid, 1.5, {}}), 31.5);
  EXPECT_EQ(*TrueHeading({30, NorthReference::kMagnetic, {}, -8.0}), 22);
}

TEST(Pose, TurnsSeaLevelIntoTheEllipsoid) {
  EXPECT_EQ(*EllipsoidalHeight({500, HeightReference::kEllipsoid, {}}, "h"),
            500);
  EXPECT_EQ(*EllipsoidalHeight({500, HeightReference::kGeoid, 27.5}, "h"),
            527.5);
}

TEST(Pose, NamesWhatIsWrong) {
  const struct {
    const char* reason;
    const char* field;
    std::function<void(Pose&)> spoil;
  } cases[] = {
      {kPoseInvalid, "longitude_deg", [](Pose& p) { p.longitude_deg = 181; }},
      {kPoseInvalid, "latitude_deg", [](Pose& p) { p.latitude_deg = NAN; }},
      {kPoseInvalid, "pitch_deg", [](Pose& p) { p.pitch_deg = 91; }},
      {kPoseInvalid, "roll_deg", [](Pose& p) { p.roll_deg = INFINITY; }},
      {kPoseInvalid, "sensor_roll_deg",
       [](Pose& p) { p.sensor_roll_deg = NAN; }},
      {kPoseInvalid, "horizontal_field_of_view_deg",
       [](Pose& p) { p.horizontal_field_of_view_deg = 0; }},
      {kPoseInvalid, "vertical_field_of_view_deg",
       [](Pose& p) { p.vertical_field_of_view_deg = 180; }},
      {kPoseInvalid, "height.reference",
       [](Pose& p) { p.height.reference = {}; }},
      {kPoseInvalid, "ground.geoid_height_m",
       [](Pose& p) { p.ground.reference = HeightReference::kGeoid; }},
      {kPoseInvalid, "ground.geoid_height_m",
       [](Pose& p) {
         p.ground = {0, HeightReference::kGeoid, 300};
       }},
      {kPoseInvalid, "height", [](Pose& p) { p.height.metres = NAN; }},
      {kPoseInvalid, "heading.reference",
       [](Pose& p) { p.heading.reference = {}; }},
      {kPoseInvalid, "heading.degrees",
       [](Pose& p) { p.heading.degrees = NAN; }},
      {kPoseInvalid, "heading.convergence_deg",
       [](Pose& p) { p.heading.reference = NorthReference::kGrid; }},
      {kPoseInvalid, "heading.declination_deg",
       [](Pose& p) {
         p.heading = {1, NorthReference::kMagnetic, {}, NAN};
       }},
      {kCameraBelowGround, "height", [](Pose& p) { p.ground.metres = 1000; }},
      {kTooNearPole, "latitude_deg", [](Pose& p) { p.latitude_deg = -90; }},
  };
  for (const auto& test : cases) {
    SCOPED_TRACE(test.field);
    Pose pose = PoseAt(10, 50, 1000, 0, 45);
    ASSERT_TRUE(CheckPose(pose).ok());
    test.spoil(pose);
    ExpectReason(CheckPose(pose), test.reason, test.field);
  }
}

}  // namespace
}  // namespace sightline::georef
