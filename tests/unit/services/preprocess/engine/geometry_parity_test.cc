// Warps and scaling against the installed OpenCV.
#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>

#include "gtest/gtest.h"
#include "services/preprocess/engine/affine_warp.h"
#include "services/preprocess/engine/scale.h"
#include "tests/unit/services/preprocess/engine/opencv_pages.h"
#include "tests/unit/services/preprocess/engine/test_pages.h"

namespace sightline::preprocess {
namespace {

TEST(GeometryParity, WarpEqualsOpenCv) {
  Random random(1);
  for (int i = 0; i < 200 * CaseFactor(); ++i) {
    const GrayImage page = RandomPage(random);
    // As scans lean, and any way.
    const int most = i % 3 == 0 ? 18000 : 1800;
    AffineMap map = RotationMap(page.width(), page.height(),
                                Between(random, -most, most) / 100.0);
    if (i % 4 == 0) {
      for (size_t at : {0, 1, 3, 4}) {
        map[at] *= Between(random, 50, 300) / 100.0;
      }
      map[2] += Between(random, -100, 100);
    }
    const int width = Between(random, 1, 500);
    const int height = Between(random, 1, 300);
    // OpenCV counts from pixel centres.
    const cv::Matx23d centre_based(
        map[0], map[1], map[2] + (map[0] + map[1]) * 0.5 - 0.5, map[3], map[4],
        map[5] + (map[3] + map[4]) * 0.5 - 0.5);
    cv::Mat expected;
    cv::warpAffine(
        AsMatrix(page), expected, centre_based, cv::Size(width, height),
        cv::INTER_LINEAR | cv::WARP_INVERSE_MAP, cv::BORDER_REPLICATE);
    const absl::StatusOr<AffineWarp> warp =
        AffineWarp::Create(map, width, height);
    ASSERT_TRUE(warp.ok()) << warp.status();
    ASSERT_EQ(DifferencesOfAll(AsImage(expected),
                               [&](const Execution& execution, GrayImage& out) {
                                 return warp->Run(page, out, execution);
                               }),
              kSame);
  }
}

TEST(GeometryParity, LinearScalingEqualsOpenCv) {
  Random random(2);
  for (int i = 0; i < 300 * CaseFactor(); ++i) {
    const GrayImage page = RandomPage(random);
    ScaleOptions options;
    options.method = ScaleMethod::kLinear;
    options.width = Between(random, 1, 500);
    options.height = Between(random, 1, 300);
    if (i % 6 == 0) {
      options.width = std::max(page.width() / 2, 1);
      options.height = std::max(page.height() / 2, 1);
    }
    cv::Mat expected;
    cv::resize(AsMatrix(page), expected,
               cv::Size(options.width, options.height), 0, 0, cv::INTER_LINEAR);
    const absl::StatusOr<Scale> scale = Scale::Create(options);
    ASSERT_TRUE(scale.ok()) << scale.status();
    ASSERT_EQ(DifferencesOfAll(AsImage(expected),
                               [&](const Execution& execution, GrayImage& out) {
                                 return scale->Run(page, out, execution);
                               }),
              kSame)
        << page.width() << " x " << page.height() << " to " << options.width
        << " x " << options.height;
  }
}

TEST(GeometryParity, WholeFactorsOfAreaEqualOpenCv) {
  Random random(3);
  for (int i = 0; i < 120 * CaseFactor(); ++i) {
    ScaleOptions options;
    options.method = ScaleMethod::kArea;
    options.width = Between(random, 1, 120);
    options.height = Between(random, 1, 80);
    const GrayImage page =
        RandomPage(random, options.width * Between(random, 1, 6),
                   options.height * Between(random, 1, 6));
    cv::Mat expected;
    cv::resize(AsMatrix(page), expected,
               cv::Size(options.width, options.height), 0, 0, cv::INTER_AREA);
    const absl::StatusOr<Scale> scale = Scale::Create(options);
    ASSERT_TRUE(scale.ok()) << scale.status();
    ASSERT_EQ(DifferencesOfAll(AsImage(expected),
                               [&](const Execution& execution, GrayImage& out) {
                                 return scale->Run(page, out, execution);
                               }),
              kSame)
        << page.width() << " x " << page.height() << " to " << options.width
        << " x " << options.height;
  }
}

// The greatest difference of two images of the same size.
int GreatestDifference(const GrayImage& a, const GrayImage& b) {
  int greatest = 0;
  for (int64_t i = 0; i < a.size_bytes(); ++i) {
    greatest = std::max(greatest, std::abs(a.data()[i] - b.data()[i]));
  }
  return greatest;
}

TEST(GeometryParity, CubicAndOtherAreasAreWithinOneGrayOfOpenCv) {
  Random random(4);
  for (int i = 0; i < 120 * CaseFactor(); ++i) {
    const bool is_area = i % 2 == 0;
    const GrayImage page =
        RandomPage(random, Between(random, 8, 300), Between(random, 8, 200));
    ScaleOptions options;
    options.method = is_area ? ScaleMethod::kArea : ScaleMethod::kCubic;
    options.width = is_area ? Between(random, 1, page.width())
                            : page.width() * Between(random, 100, 300) / 100;
    options.height = is_area ? Between(random, 1, page.height())
                             : page.height() * Between(random, 100, 300) / 100;
    cv::Mat expected;
    cv::resize(AsMatrix(page), expected,
               cv::Size(options.width, options.height), 0, 0,
               is_area ? cv::INTER_AREA : cv::INTER_CUBIC);
    const absl::StatusOr<Scale> scale = Scale::Create(options);
    ASSERT_TRUE(scale.ok()) << scale.status();
    GrayImage out;
    ASSERT_TRUE(scale->Run(page, out).ok());
    EXPECT_LE(GreatestDifference(AsImage(expected), out), 1)
        << (is_area ? "area " : "cubic ") << page.width() << " x "
        << page.height() << " to " << options.width << " x " << options.height;
    EXPECT_EQ(
        DifferencesOfAll(out,
                         [&](const Execution& execution, GrayImage& same) {
                           return scale->Run(page, same, execution);
                         }),
        kSame);
  }
}

TEST(GeometryParity, CubicIsTheSameWithEveryInstructionSetAtAnySize) {
  Random random(5);
  for (int i = 0; i < 120 * CaseFactor(); ++i) {
    const GrayImage page = RandomPage(random);
    const absl::StatusOr<Scale> scale =
        Scale::Create({.method = ScaleMethod::kCubic,
                       .width = Between(random, 1, 500),
                       .height = Between(random, 1, 300)});
    ASSERT_TRUE(scale.ok()) << scale.status();
    GrayImage scalar;
    ASSERT_TRUE(
        scale->Run(page, scalar, {.instructions = InstructionSet::kScalar})
            .ok());
    ASSERT_EQ(
        DifferencesOfAll(scalar,
                         [&](const Execution& execution, GrayImage& same) {
                           return scale->Run(page, same, execution);
                         }),
        kSame)
        << page.width() << " x " << page.height() << " to " << scalar.width()
        << " x " << scalar.height();
  }
}

// Where coordinates would overflow, only the page's edges are seen.
TEST(Geometry, MapsFarBeyondThePageShowItsCorners) {
  GrayImage page(64, 40);
  std::fill_n(page.data(), page.size_bytes(), uint8_t{200});
  page.row(0)[0] = 10;
  page.row(39)[63] = 20;
  for (const double far : {-9e5, 9e5}) {
    const absl::StatusOr<AffineWarp> warp =
        AffineWarp::Create({1, 0, far, 0, 1, far}, 50, 30);
    ASSERT_TRUE(warp.ok()) << warp.status();
    GrayImage corner(50, 30);
    std::fill_n(corner.data(), corner.size_bytes(),
                far < 0 ? uint8_t{10} : uint8_t{20});
    EXPECT_EQ(DifferencesOfAll(corner,
                               [&](const Execution& execution, GrayImage& out) {
                                 return warp->Run(page, out, execution);
                               }),
              kSame);
  }
  // Steps so long that their sums do not fit 32 bits.
  const absl::StatusOr<AffineWarp> steep =
      AffineWarp::Create({1e6, 0, -5e5, 0, 1, 0}, 3, 40);
  ASSERT_TRUE(steep.ok()) << steep.status();
  GrayImage out;
  ASSERT_TRUE(steep->Run(page, out).ok());
  EXPECT_EQ(out.row(0)[0], 10);
  EXPECT_EQ(out.row(39)[1], 20);
}

TEST(Geometry, ATurnedPageTurnsCounterClockwise) {
  // A dot to the right of the centre goes up.
  GrayImage page(101, 101);
  std::fill_n(page.data(), page.size_bytes(), uint8_t{255});
  page.row(50)[90] = 0;
  const absl::StatusOr<AffineWarp> warp =
      AffineWarp::Create(RotationMap(101, 101, 90), 101, 101);
  ASSERT_TRUE(warp.ok());
  GrayImage out;
  ASSERT_TRUE(warp->Run(page, out).ok());
  EXPECT_LT(out.row(10)[50], 20);
}

TEST(Geometry, SizesAtDpi) {
  const absl::StatusOr<PixelSize> size = SizeAtDpi({1000, 333}, 200, 300);
  ASSERT_TRUE(size.ok());
  EXPECT_EQ(size->width, 1500);
  EXPECT_EQ(size->height, 500);
  EXPECT_FALSE(SizeAtDpi({60000, 333}, 200, 300).ok());
  EXPECT_FALSE(SizeAtDpi({100, 100}, 0, 300).ok());
  EXPECT_FALSE(SizeAtDpi({100, 100}, NAN, 300).ok());
}

}  // namespace
}  // namespace sightline::preprocess
