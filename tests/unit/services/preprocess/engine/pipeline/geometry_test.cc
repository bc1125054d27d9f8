// Where pixels of the result came from.
#include <algorithm>
#include <vector>

#include "gtest/gtest.h"
#include "services/preprocess/engine/pipeline/pipeline.h"
#include "tests/unit/services/preprocess/engine/pipeline/drawn_pages.h"

namespace sightline::preprocess {
namespace {

TEST(Geometry, MapsPointsBackThroughDeskewCropAndUpscale) {
  Random random(9);
  // Dots at known places, among text that gives the tilt away; then a black
  // border as scanners leave it, straight.
  GrayImage page = Tilted(TextPage(random), 3);
  FillBox(page, 0, 0, 24, kDrawnHeight, 4);
  FillBox(page, 0, 0, kDrawnWidth, 18, 4);
  const std::vector<PixelPoint> dots = {
      {45.5, 40.5}, {760.5, 30.5}, {400.5, 540.5}, {50.5, 520.5}};
  for (const PixelPoint& dot : dots) {
    FillBox(page, static_cast<int>(dot.x) - 8, static_cast<int>(dot.y) - 8, 17,
            17, 225);
    FillBox(page, static_cast<int>(dot.x) - 2, static_cast<int>(dot.y) - 2, 5,
            5, 0);
  }
  const auto result =
      Pipeline::Create({CropBorder(), Deskew(), Resample{.factor = 2}})
          ->Run(page);
  ASSERT_TRUE(result.ok());
  for (const StageReport& stage : result->report.stages) {
    EXPECT_TRUE(stage.has_run) << stage.name << ": " << stage.reason;
  }
  const auto input_to_output = result->report.output_to_input.Inverse();
  ASSERT_TRUE(input_to_output.has_value());
  for (const PixelPoint& dot : dots) {
    // The dark pixels' centre of gravity where the dot should be.
    const PixelPoint expected = input_to_output->Map(dot);
    double sum = 0;
    double sum_x = 0;
    double sum_y = 0;
    for (int y = static_cast<int>(expected.y) - 13; y < expected.y + 13; ++y) {
      for (int x = static_cast<int>(expected.x) - 13; x < expected.x + 13;
           ++x) {
        ASSERT_TRUE(x >= 0 && y >= 0 && x < result->page.width() &&
                    y < result->page.height());
        const double dark = 225 - std::min<int>(225, result->page.row(y)[x]);
        sum += dark;
        sum_x += dark * (x + 0.5);
        sum_y += dark * (y + 0.5);
      }
    }
    ASSERT_GT(sum, 10000);
    const PixelPoint back =
        result->report.output_to_input.Map({sum_x / sum, sum_y / sum});
    EXPECT_NEAR(back.x, dot.x, 0.25);
    EXPECT_NEAR(back.y, dot.y, 0.25);
  }
}

TEST(Geometry, TurnsByARightAngleWithoutLoss) {
  Random random(10);
  const GrayImage page = TextPage(random);
  const auto result =
      Pipeline::Create({Rotate{.degrees = 90}, Rotate{.degrees = -90}})
          ->Run(page);
  EXPECT_EQ(Differences(page, result->page), kSame);
  const auto turned = Pipeline::Create({Rotate{.degrees = 90}})->Run(page);
  EXPECT_EQ(turned->page.width(), page.height());
  // Counter-clockwise: what was the top right corner is the top left one now.
  const PixelPoint corner = turned->report.output_to_input.Map({0, 0});
  EXPECT_NEAR(corner.x, page.width(), 1e-6);
  EXPECT_NEAR(corner.y, 0, 1e-6);
}

}  // namespace
}  // namespace sightline::preprocess
