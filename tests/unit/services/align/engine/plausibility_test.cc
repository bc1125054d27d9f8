#include "services/align/engine/plausibility.h"

#include <gtest/gtest.h>

#include <string>

namespace sightline::align {
namespace {

constexpr PixelSize kPage{1000, 1400};
constexpr PixelSize kScan{1000, 1400};

Homography FromPageQuad(PixelPoint a, PixelPoint b, PixelPoint c,
                        PixelPoint d) {
  return *Homography::FromQuads({a, b, c, d},
                                {PixelPoint{0, 0}, PixelPoint{1000, 0},
                                 PixelPoint{1000, 1400}, PixelPoint{0, 1400}});
}

TEST(Plausibility, TakesWhatScannersAndPhonesSee) {
  const Homography cases[] = {
      Homography(),
      // 180 and 90 degrees.
      Homography({-1, 0, 1000, 0, -1, 1400, 0, 0, 1}),
      FromPageQuad({1000, 100}, {1000, 1100}, {0, 1100}, {0, 100}),
      // A small page in a photo; a strong tilt; a cropped page.
      FromPageQuad({400, 400}, {620, 420}, {600, 720}, {390, 700}),
      FromPageQuad({250, 100}, {750, 100}, {1000, 1300}, {0, 1300}),
      FromPageQuad({-100, -150}, {1100, -120}, {1080, 1500}, {-90, 1480})};
  for (const Homography& map : cases) {
    EXPECT_EQ(WhyImplausible(map, kPage, kScan), "");
  }
}

TEST(Plausibility, RefusesWhatNoCameraSees) {
  const struct {
    Homography map;
    std::string why;
  } cases[] = {
      {Homography({0, 0, 0, 0, 0, 0, 0, 0, 1}), "a singular map"},
      {Homography({-1, 0, 1000, 0, 1, 0, 0, 0, 1}), "a mirrored page"},
      {Homography::Scale(20, 20), "a page too small"},
      {Homography::Scale(0.1, 0.1), "a page too large"},
      {Homography::Scale(1, 3), "a page out of proportion"},
      {Homography::Translation(700, 0), "a page mostly outside the scan"},
      {FromPageQuad({0, 0}, {1000, 400}, {1000, 600}, {0, 1400}),
       "an extreme perspective"},
      {*Homography({1, 0, 0, 0, 1, 0, -0.0012, 0, 1}).Inverse(),
       "a part of the page behind the camera"},
  };
  for (const auto& c : cases) {
    EXPECT_EQ(WhyImplausible(c.map, kPage, kScan), c.why);
  }
}

}  // namespace
}  // namespace sightline::align
