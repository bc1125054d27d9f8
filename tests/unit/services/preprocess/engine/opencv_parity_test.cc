// The operators against the installed OpenCV: not a pixel may differ.
#include <opencv2/imgproc.hpp>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "services/preprocess/engine/adaptive_mean.h"
#include "services/preprocess/engine/clahe.h"
#include "services/preprocess/engine/gaussian.h"
#include "services/preprocess/engine/gray.h"
#include "services/preprocess/engine/median.h"
#include "services/preprocess/engine/morphology.h"
#include "services/preprocess/engine/otsu.h"
#include "tests/unit/services/preprocess/engine/opencv_pages.h"
#include "tests/unit/services/preprocess/engine/test_pages.h"

namespace sightline::preprocess {
namespace {

TEST(OpenCvParity, Gray) {
  Random random(1);
  for (int i = 0; i < 60 * CaseFactor(); ++i) {
    const RgbImage page = RandomColourPage(random, Between(random, 1, 400),
                                           Between(random, 1, 200));
    cv::Mat expected;
    cv::cvtColor(cv::Mat(page.height(), page.width(), CV_8UC3,
                         const_cast<uint8_t*>(page.data())),
                 expected, cv::COLOR_RGB2GRAY);
    ASSERT_EQ(DifferencesOfAll(AsImage(expected),
                               [&](const Execution& execution, GrayImage& out) {
                                 return ConvertToGray(page, out, execution);
                               }),
              kSame);
  }
}

TEST(OpenCvParity, Clahe) {
  Random random(2);
  const double limits[] = {0, 0.5, 1, 2, 3, 4, 40, 1e6};
  for (int i = 0; i < 160 * CaseFactor(); ++i) {
    ClaheOptions options;
    options.clip_limit = limits[Between(random, 0, 7)];
    if (Between(random, 0, 2) != 0) {
      options.tiles_x = Between(random, 1, 16);
      options.tiles_y = Between(random, 1, 16);
    }
    const GrayImage page =
        RandomPage(random, options.tiles_x + Between(random, 0, 400),
                   options.tiles_y + Between(random, 0, 300));
    cv::Mat expected;
    cv::createCLAHE(options.clip_limit,
                    cv::Size(options.tiles_x, options.tiles_y))
        ->apply(AsMatrix(page), expected);
    const absl::StatusOr<Clahe> clahe = Clahe::Create(options);
    ASSERT_TRUE(clahe.ok()) << clahe.status();
    ASSERT_EQ(DifferencesOfAll(AsImage(expected),
                               [&](const Execution& execution, GrayImage& out) {
                                 return clahe->Run(page, out, execution);
                               }),
              kSame)
        << options.tiles_x << " x " << options.tiles_y << " tiles, limit "
        << options.clip_limit;
  }
}

TEST(OpenCvParity, Gaussian) {
  Random random(3);
  const double sigmas[] = {0, 0.3, 0.5, 0.8, 1.0, 1.5, 2, 3, 5, 8, 15};
  for (int i = 0; i < 260 * CaseFactor(); ++i) {
    GaussianOptions options;
    options.size_x = 2 * Between(random, 0, i % 9 == 0 ? 60 : 12) + 1;
    options.size_y = Between(random, 0, 1) == 0
                         ? options.size_x
                         : 2 * Between(random, 0, 12) + 1;
    options.sigma_x = sigmas[Between(random, 0, 10)];
    options.sigma_y =
        Between(random, 0, 1) == 0 ? 0 : sigmas[Between(random, 0, 10)];
    if (options.sigma_x > 0 && Between(random, 0, 5) == 0) {
      options.size_x = options.size_y = 0;
    }
    const GrayImage page = RandomPage(random);
    cv::Mat expected;
    cv::GaussianBlur(AsMatrix(page), expected,
                     cv::Size(options.size_x, options.size_y), options.sigma_x,
                     options.sigma_y);
    const absl::StatusOr<Gaussian> gaussian = Gaussian::Create(options);
    ASSERT_TRUE(gaussian.ok()) << gaussian.status();
    ASSERT_EQ(DifferencesOfAll(AsImage(expected),
                               [&](const Execution& execution, GrayImage& out) {
                                 return gaussian->Run(page, out, execution);
                               }),
              kSame)
        << options.size_x << " x " << options.size_y << " taps, sigma "
        << options.sigma_x << ", " << options.sigma_y;
  }
}

TEST(OpenCvParity, AdaptiveMean) {
  Random random(4);
  for (int i = 0; i < 300 * CaseFactor(); ++i) {
    AdaptiveMeanOptions options;
    options.size = 2 * Between(random, 1, i % 4 == 0 ? 81 : 10) + 1;
    options.offset = Between(random, -20, 20) + Between(random, 0, 3) * 0.25;
    if (i % 16 == 0) options.offset = Between(random, -255, 255);
    options.is_inverted = Between(random, 0, 1) == 1;
    const GrayImage page = RandomPage(random);
    cv::Mat expected;
    cv::adaptiveThreshold(
        AsMatrix(page), expected, 255, cv::ADAPTIVE_THRESH_MEAN_C,
        options.is_inverted ? cv::THRESH_BINARY_INV : cv::THRESH_BINARY,
        options.size, options.offset);
    const absl::StatusOr<AdaptiveMean> threshold =
        AdaptiveMean::Create(options);
    ASSERT_TRUE(threshold.ok()) << threshold.status();
    ASSERT_EQ(DifferencesOfAll(AsImage(expected),
                               [&](const Execution& execution, GrayImage& out) {
                                 return threshold->Run(page, out, execution);
                               }),
              kSame)
        << options.size << ", offset " << options.offset
        << (options.is_inverted ? ", inverted" : "");
  }
}

TEST(OpenCvParity, Otsu) {
  Random random(5);
  for (int i = 0; i < 100 * CaseFactor(); ++i) {
    const GrayImage page = RandomPage(random);
    cv::Mat expected;
    const double level = cv::threshold(AsMatrix(page), expected, 0, 255,
                                       cv::THRESH_BINARY | cv::THRESH_OTSU);
    ASSERT_EQ(DifferencesOfAll(AsImage(expected),
                               [&](const Execution& execution, GrayImage& out) {
                                 const absl::StatusOr<int> found =
                                     ApplyOtsu(page, out, {}, execution);
                                 EXPECT_EQ(found.value_or(-1), level);
                                 return found.status();
                               }),
              kSame);
  }
}

TEST(OpenCvParity, Morphology) {
  Random random(6);
  const int operations[] = {cv::MORPH_ERODE, cv::MORPH_DILATE, cv::MORPH_OPEN,
                            cv::MORPH_CLOSE};
  for (int i = 0; i < 260 * CaseFactor(); ++i) {
    MorphologyOptions options;
    options.operation = static_cast<MorphologyOperation>(Between(random, 0, 3));
    options.shape = static_cast<rules::ElementShape>(Between(random, 0, 2));
    const int most = i % 5 == 0 ? 70 : 12;
    options.width = Between(random, 1, most);
    options.height = Between(random, 1, most);
    const GrayImage page = RandomPage(random);
    cv::Mat expected;
    cv::morphologyEx(
        AsMatrix(page), expected,
        operations[static_cast<int>(options.operation)],
        cv::getStructuringElement(static_cast<int>(options.shape),
                                  cv::Size(options.width, options.height)));
    const absl::StatusOr<Morphology> morphology = Morphology::Create(options);
    ASSERT_TRUE(morphology.ok()) << morphology.status();
    ASSERT_EQ(DifferencesOfAll(AsImage(expected),
                               [&](const Execution& execution, GrayImage& out) {
                                 return morphology->Run(page, out, execution);
                               }),
              kSame)
        << "operation " << static_cast<int>(options.operation) << ", shape "
        << static_cast<int>(options.shape) << ", " << options.width << " x "
        << options.height;
  }
}

TEST(OpenCvParity, Median) {
  Random random(7);
  for (int i = 0; i < 160 * CaseFactor(); ++i) {
    const int size = 2 * Between(random, 1, 4) + 1;
    const GrayImage page = RandomPage(random);
    cv::Mat expected;
    cv::medianBlur(AsMatrix(page), expected, size);
    const absl::StatusOr<Median> median = Median::Create({.size = size});
    ASSERT_TRUE(median.ok()) << median.status();
    ASSERT_EQ(DifferencesOfAll(AsImage(expected),
                               [&](const Execution& execution, GrayImage& out) {
                                 return median->Run(page, out, execution);
                               }),
              kSame)
        << size;
  }
}

}  // namespace
}  // namespace sightline::preprocess
