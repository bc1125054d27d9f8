#include <gtest/gtest.h>

#include <cmath>
#include <optional>
#include <string>
#include <vector>

#include "tests/generator/degradation.h"
#include "tests/generator/sheet_generator.h"

namespace sightline::generator {
namespace {

constexpr int kWidth = 1240;
constexpr int kHeight = 1754;

std::vector<PixelPoint> Dots() {
  std::vector<PixelPoint> dots;
  for (const double x : {0.15, 0.5, 0.85}) {
    for (const double y : {0.15, 0.5, 0.85}) {
      // Fractions, so that half a pixel of convention would show.
      dots.push_back({kWidth * x + 0.25, kHeight * y + 0.75});
    }
  }
  return dots;
}

PageImage PageWithDots() {
  PageImage page(kWidth, kHeight);
  Canvas canvas(page);
  for (const PixelPoint& dot : Dots()) canvas.FillEllipse(dot, {24, 24}, {});
  return page;
}

// Centre of darkness around `near`, corner-based, background taken away.
std::optional<PixelPoint> DotAround(const GrayImage& scan, PixelPoint near,
                                    int reach) {
  const int left = static_cast<int>(near.x) - reach;
  const int top = static_cast<int>(near.y) - reach;
  if (left < 0 || top < 0 || left + 2 * reach >= scan.width() ||
      top + 2 * reach >= scan.height()) {
    return std::nullopt;
  }
  double weight = 0;
  double x_sum = 0;
  double y_sum = 0;
  for (int y = top; y <= top + 2 * reach; ++y) {
    for (int x = left; x <= left + 2 * reach; ++x) {
      const double white = scan.row(top)[left];
      const double dark = std::max(0.0, white - 40 - scan.row(y)[x]);
      weight += dark;
      x_sum += dark * (x + 0.5);
      y_sum += dark * (y + 0.5);
    }
  }
  if (weight < 500) return std::nullopt;
  return PixelPoint{x_sum / weight, y_sum / weight};
}

class CaptureGeometry : public testing::TestWithParam<std::string> {};

TEST_P(CaptureGeometry, DotsLieWhereTheHomographySays) {
  const std::optional<Condition> condition = FindCondition(GetParam());
  ASSERT_TRUE(condition);
  const PageImage page = PageWithDots();
  for (uint64_t seed = 1; seed <= 3; ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    CapturePlan plan =
        PlanCapture(condition->degradations, kWidth, kHeight, Random(seed));
    // Geometry alone: noise and shade would move the centre of darkness.
    plan.noise = 0;
    plan.gradient = 0;
    plan.vignette = 0;
    plan.shadow.reset();
    plan.copier.reset();
    plan.fax_threshold.reset();
    const PageImage scan = Capture(page, plan, Random(seed));
    int found = 0;
    for (const PixelPoint& dot : Dots()) {
      const PixelPoint expected = plan.print_to_scan.Map(dot);
      const auto actual = DotAround(scan.luma, expected, 20);
      if (!actual) continue;
      ++found;
      EXPECT_NEAR(actual->x, expected.x, 0.12);
      EXPECT_NEAR(actual->y, expected.y, 0.12);
    }
    EXPECT_GE(found, 6);
  }
}

INSTANTIATE_TEST_SUITE_P(EveryMap, CaptureGeometry,
                         testing::Values("none", "rotation", "strong_rotation",
                                         "rotation90", "rotation180",
                                         "rotation270", "perspective",
                                         "low_resolution", "xerox", "fax",
                                         "crop", "dark_table", "photo",
                                         "quickstart"),
                         [](const auto& info) { return info.param; });

TEST(Capture, BentPagesStayWithinTheStatedDeviation) {
  const PageImage page = PageWithDots();
  CapturePlan plan =
      PlanCapture({Degradation::kCurl}, kWidth, kHeight, Random(4));
  plan.noise = 0;
  ASSERT_GT(plan.curl, 0);
  const PageImage scan = Capture(page, plan, Random(4));
  double worst = 0;
  for (const PixelPoint& dot : Dots()) {
    const PixelPoint expected = plan.print_to_scan.Map(dot);
    const auto actual = DotAround(scan.luma, expected, 40);
    ASSERT_TRUE(actual);
    worst = std::max(
        worst, std::hypot(actual->x - expected.x, actual->y - expected.y));
  }
  EXPECT_LT(worst, plan.curl * 1.08 + 0.5);
  EXPECT_GT(worst, 1) << "the page is not bent";
}

class CaptureCondition : public testing::TestWithParam<Condition> {};

TEST_P(CaptureCondition, ChangesThePicture) {
  const PageImage page = PageWithDots();
  const CapturePlan plan =
      PlanCapture(GetParam().degradations, kWidth, kHeight, Random(9));
  const PageImage scan = Capture(page, plan, Random(9));
  EXPECT_EQ(scan.luma.width(), plan.width);
  EXPECT_EQ(scan.luma.height(), plan.height);
  EXPECT_TRUE(plan.print_to_scan.Inverse());
  EXPECT_GT(plan.print_to_scan.JacobianAt({kWidth / 2.0, kHeight / 2.0}), 0)
      << "pages are never mirrored";
  const CapturePlan clean = PlanCapture({}, kWidth, kHeight, Random(9));
  const PageImage reference = Capture(page, clean, Random(9));
  const bool same_size =
      clean.width == plan.width && clean.height == plan.height;
  const bool same_quality = clean.jpeg_quality == plan.jpeg_quality;
  const bool same_pixels =
      same_size &&
      std::equal(scan.luma.data(), scan.luma.data() + scan.luma.size_bytes(),
                 reference.luma.data());
  EXPECT_EQ(same_pixels && same_quality, GetParam().name == "none");
}

INSTANTIATE_TEST_SUITE_P(All, CaptureCondition,
                         testing::ValuesIn(AllConditions()),
                         [](const auto& info) { return info.param.name; });

// The truth's ink rests on the tone curve: it must be what the picture shows.
TEST(ToneCurve, SaysWhatBecomesOfATone) {
  for (const char* name :
       {"none", "low_light", "shadow", "contrast", "xerox", "fax"}) {
    for (const int tone : {40, 100, 160, 220}) {
      SCOPED_TRACE(testing::Message() << name << " tone " << tone);
      PageImage page(kWidth, kHeight);
      Canvas canvas(page);
      const PixelPoint at{400, 700};
      canvas.FillBox({at.x - 60, at.y - 60}, {at.x + 60, at.y + 60}, {tone});
      CapturePlan plan = PlanCapture(FindCondition(name)->degradations, kWidth,
                                     kHeight, Random(5));
      plan.noise = 0;
      if (plan.copier) plan.copier->specks = plan.copier->streaks = 0;
      const PageImage scan = Capture(page, plan, Random(5));
      const PixelPoint there = plan.print_to_scan.Map(at);
      EXPECT_NEAR(
          scan.luma.row(static_cast<int>(there.y))[static_cast<int>(there.x)],
          ToneCurve(plan, there)[tone], 3);
    }
  }
}

TEST(Capture, FaxesAreOneBit) {
  const CapturePlan plan =
      PlanCapture({Degradation::kFax}, kWidth, kHeight, Random(1));
  const PageImage scan = Capture(PageWithDots(), plan, Random(1));
  for (int64_t i = 0; i < scan.luma.size_bytes(); ++i) {
    ASSERT_TRUE(scan.luma.data()[i] == 0 || scan.luma.data()[i] == 255);
  }
}

}  // namespace
}  // namespace sightline::generator
