// Operations that are close to OpenCV's without being the same.
#include <algorithm>
#include <cstdlib>
#include <opencv2/imgproc.hpp>

#include "gtest/gtest.h"
#include "services/preprocess/engine/adaptive_gaussian.h"
#include "services/preprocess/engine/bilateral.h"
#include "services/preprocess/engine/fused_chain.h"
#include "services/preprocess/engine/gray.h"
#include "tests/unit/services/preprocess/engine/opencv_pages.h"
#include "tests/unit/services/preprocess/engine/test_pages.h"

namespace sightline::preprocess {
namespace {

// OpenCV's float sums are fused and ours are not: a mean that lies almost on a
// half may round either way.
TEST(NearOpenCv, AdaptiveGaussianDiffersInOnePixelOfAMillionAtMost) {
  Random random(1);
  int64_t different = 0;
  int64_t pixels = 0;
  for (int i = 0; i < 200 * CaseFactor(); ++i) {
    AdaptiveMeanOptions options;
    options.size = 2 * Between(random, 1, i % 4 == 0 ? 40 : 10) + 1;
    options.offset = Between(random, -80, 80) / 4.0;
    options.is_inverted = i % 2 == 0;
    const GrayImage page = RandomPage(random);
    cv::Mat expected;
    cv::adaptiveThreshold(
        AsMatrix(page), expected, 255, cv::ADAPTIVE_THRESH_GAUSSIAN_C,
        options.is_inverted ? cv::THRESH_BINARY_INV : cv::THRESH_BINARY,
        options.size, options.offset);
    const absl::StatusOr<AdaptiveGaussian> threshold =
        AdaptiveGaussian::Create(options);
    ASSERT_TRUE(threshold.ok()) << threshold.status();
    GrayImage out;
    ASSERT_TRUE(threshold->Run(page, out).ok());
    const GrayImage theirs = AsImage(expected);
    pixels += out.size_bytes();
    for (int64_t at = 0; at < out.size_bytes(); ++at) {
      different += out.data()[at] != theirs.data()[at];
    }
    ASSERT_EQ(
        DifferencesOfAll(out,
                         [&](const Execution& execution, GrayImage& same) {
                           return threshold->Run(page, same, execution);
                         }),
        kSame);
  }
  EXPECT_LE(different, 1 + pixels / 1000000) << "of " << pixels;
}

TEST(NearOpenCv, BilateralIsWithinTwoGrays) {
  Random random(2);
  for (int i = 0; i < 40 * CaseFactor(); ++i) {
    const GrayImage page =
        RandomPage(random, Between(random, 20, 200), Between(random, 20, 100));
    BilateralOptions options;
    options.diameter = 2 * Between(random, 1, 5) + 1;
    options.sigma_gray = Between(random, 50, 900) / 10.0;
    options.sigma_space = Between(random, 10, 60) / 10.0;
    cv::Mat expected;
    cv::bilateralFilter(AsMatrix(page), expected, options.diameter,
                        options.sigma_gray, options.sigma_space);
    GrayImage out;
    ASSERT_TRUE(Bilateral::Create(options)->Run(page, out).ok());
    const GrayImage theirs = AsImage(expected);
    int greatest = 0;
    for (int64_t at = 0; at < out.size_bytes(); ++at) {
      greatest =
          std::max(greatest, std::abs(out.data()[at] - theirs.data()[at]));
    }
    EXPECT_LE(greatest, 2) << options.diameter << ", " << options.sigma_gray
                           << ", " << options.sigma_space;
  }
}

TEST(FusedChain, EqualsOpenCvsStepsOnGrayAndColourPages) {
  Random random(3);
  for (int i = 0; i < 80 * CaseFactor(); ++i) {
    const RgbImage page = RandomColourPage(random, Between(random, 16, 420),
                                           Between(random, 16, 300));
    FusedChainOptions options;
    options.clahe->clip_limit = Between(random, 0, 8) / 2.0;
    options.clahe->tiles_x = Between(random, 1, 12);
    options.clahe->tiles_y = Between(random, 1, 12);
    options.gaussian->size_x = options.gaussian->size_y =
        2 * Between(random, 0, 4) + 1;
    options.adaptive_mean = AdaptiveMeanOptions();
    options.adaptive_mean->size = 2 * Between(random, 1, 20) + 1;
    options.adaptive_mean->offset = Between(random, -10, 10);
    if (i % 5 == 0) options.adaptive_mean.reset();
    if (i % 7 == 0) options.gaussian.reset();
    if (i % 11 == 0) options.clahe.reset();
    cv::Mat result;
    cv::cvtColor(cv::Mat(page.height(), page.width(), CV_8UC3,
                         const_cast<uint8_t*>(page.data())),
                 result, cv::COLOR_RGB2GRAY);
    const GrayImage gray = AsImage(result);
    if (options.clahe) {
      cv::createCLAHE(options.clahe->clip_limit,
                      cv::Size(options.clahe->tiles_x, options.clahe->tiles_y))
          ->apply(result.clone(), result);
    }
    if (options.gaussian) {
      cv::GaussianBlur(
          result.clone(), result,
          cv::Size(options.gaussian->size_x, options.gaussian->size_y),
          options.gaussian->sigma_x);
    }
    if (options.adaptive_mean) {
      cv::adaptiveThreshold(result.clone(), result, 255,
                            cv::ADAPTIVE_THRESH_MEAN_C, cv::THRESH_BINARY,
                            options.adaptive_mean->size,
                            options.adaptive_mean->offset);
    }
    const absl::StatusOr<FusedChain> chain = FusedChain::Create(options);
    ASSERT_TRUE(chain.ok()) << chain.status();
    ASSERT_EQ(DifferencesOfAll(AsImage(result),
                               [&](const Execution& execution, GrayImage& out) {
                                 return chain->Run(page, out, execution);
                               }),
              kSame);
    ASSERT_EQ(DifferencesOfAll(AsImage(result),
                               [&](const Execution& execution, GrayImage& out) {
                                 return chain->Run(gray, out, execution);
                               }),
              kSame);
  }
}

}  // namespace
}  // namespace sightline::preprocess
