// Non-local means against the installed OpenCV: not a pixel may differ.
#include "services/preprocess/engine/non_local_means.h"

#include <opencv2/photo.hpp>

#include "gtest/gtest.h"
#include "tests/unit/services/preprocess/engine/opencv_pages.h"
#include "tests/unit/services/preprocess/engine/test_pages.h"

namespace sightline::preprocess {
namespace {

TEST(NonLocalMeansParity, EqualsOpenCv) {
  Random random(1);
  for (int i = 0; i < 30 * CaseFactor(); ++i) {
    NonLocalMeansOptions options;
    options.strength = Between(random, 4, 360) / 4.0 + 0.1;
    if (i % 3 != 0) {
      options.template_size = 2 * Between(random, 0, 4) + 1;
      options.search_size = 2 * Between(random, 0, 9) + 1;
    }
    const GrayImage page =
        RandomPage(random, Between(random, 1, 300), Between(random, 1, 90));
    cv::Mat expected;
    cv::fastNlMeansDenoising(AsMatrix(page), expected,
                             static_cast<float>(options.strength),
                             options.template_size, options.search_size);
    const absl::StatusOr<NonLocalMeans> means = NonLocalMeans::Create(options);
    ASSERT_TRUE(means.ok()) << means.status();
    ASSERT_EQ(DifferencesOfAll(AsImage(expected),
                               [&](const Execution& execution, GrayImage& out) {
                                 return means->Run(page, out, execution);
                               }),
              kSame)
        << "strength " << options.strength << ", " << options.template_size
        << " in " << options.search_size;
  }
}

}  // namespace
}  // namespace sightline::preprocess
