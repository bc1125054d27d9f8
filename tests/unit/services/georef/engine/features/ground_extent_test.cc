#include "services/georef/engine/features/ground_extent.h"

#include <gtest/gtest.h>

#include "tests/unit/services/georef/engine/features/masks.h"

namespace sightline::georef {
namespace {

bool AllCornersShowGround(const GroundCamera& camera, int x, int y,
                          double least_grazing_deg) {
  for (const PixelPoint corner : {PixelPoint{0, 0}, {1, 0}, {0, 1}, {1, 1}}) {
    const auto hit = camera.Trace({x + corner.x, y + corner.y});
    if (!hit.has_value() || hit->grazing_deg < least_grazing_deg) return false;
  }
  return true;
}

TEST(GroundExtent, IsWhatTheCameraSaysPixelByPixel) {
  const OwnedMask mask = FullMask(160, 90, 1);
  for (const double depression : {-9.0, -5.0, 0.0, 3.0, 7.0, 12.0, 30.0}) {
    for (const double roll : {0.0, 20.0, 90.0, -120.0, 180.0}) {
      for (const double grazing : {0.1, 4.0, 45.0}) {
        Pose pose = PoseAt(10, 48, 3000, 70, depression);
        pose.sensor_roll_deg = roll;
        const GroundCamera camera = CameraFor(pose, mask);
        const auto extent =
            GroundExtent::Create(camera, 160, 90, grazing, StopToken());
        ASSERT_TRUE(extent.ok());
        int64_t outside = 0;
        for (int y = 0; y < 90; ++y) {
          const PixelInterval row = extent->Row(y);
          for (int x = 0; x < 160; ++x) {
            const bool shows = AllCornersShowGround(camera, x, y, grazing);
            outside += !shows;
            ASSERT_EQ(x >= row.begin && x < row.end, shows)
                << x << " " << y << " depression " << depression << " roll "
                << roll << " grazing " << grazing;
          }
        }
        EXPECT_EQ(extent->PixelsOutside(), outside);
        EXPECT_EQ(extent->is_whole(), outside == 0);
      }
    }
  }
}

TEST(GroundExtent, StopsWhenAskedTo) {
  StopSource source;
  source.Stop(absl::CancelledError("enough"));
  const OwnedMask mask = FullMask(160, 90, 1);
  const GroundCamera camera = CameraFor(PoseAt(10, 48, 3000, 70, 0), mask);
  EXPECT_EQ(GroundExtent::Create(camera, 160, 90, 0.1, source.token())
                .status()
                .code(),
            absl::StatusCode::kCancelled);
}

}  // namespace
}  // namespace sightline::georef
