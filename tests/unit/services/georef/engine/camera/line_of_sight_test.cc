#include "services/georef/engine/camera/line_of_sight.h"

#include <gtest/gtest.h>

#include <cmath>

#include "services/georef/engine/camera/ground_camera.h"
#include "services/georef/engine/camera/reasons.h"
#include "tests/unit/services/georef/engine/camera/poses.h"

namespace sightline::georef {
namespace {

TEST(LineOfSight, StandsInForTheAttitude) {
  for (const double heading : {0.0, 95.0, 250.0}) {
    const Pose truth = PoseAt(179.99, -42, 3000, heading, 25);
    const auto camera = GroundCamera::Create(truth, {1920, 1080});
    const auto middle = camera->Ground({960, 540});
    ASSERT_TRUE(middle.ok()) << middle.status();
    const auto line = FindLineOfSight(camera->place(), middle->place,
                                      middle->slant_range_m, 0.001);
    ASSERT_TRUE(line.ok()) << line.status();
    EXPECT_NEAR(WrapLongitude(line->azimuth_deg - heading), 0, 1e-9);
    EXPECT_LT(line->azimuth_deg, 360);
    EXPECT_NEAR(line->elevation_deg, -25, 1e-9);
    Pose unknown = truth;
    unknown.heading = {};
    unknown.sensor_elevation_deg = 0;
    const auto found =
        GroundCamera::Create(WithLineOfSight(unknown, *line, 0), {1920, 1080});
    ASSERT_TRUE(found.ok()) << found.status();
    EXPECT_LT(Length(found->Ground({0, 1080})->position -
                     camera->Ground({0, 1080})->position),
              1e-5);
  }
}

TEST(LineOfSight, RefusesContradictions) {
  const GeoPoint camera{10, 50, 1000};
  const GeoPoint target{10.01, 50, 0};
  ExpectReason(FindLineOfSight(camera, target, 5000, 50).status(),
               kSlantRangeContradictory, "slant_range_m");
  ExpectReason(FindLineOfSight(camera, target, NAN, 50).status(),
               kSlantRangeContradictory);
  ExpectReason(FindLineOfSight(camera, {NAN, 50, 0}, 1000, 50).status(),
               kSlantRangeContradictory);
  ExpectReason(FindLineOfSight(camera, camera, 1, 50).status(),
               kSlantRangeContradictory);
}

}  // namespace
}  // namespace sightline::georef
