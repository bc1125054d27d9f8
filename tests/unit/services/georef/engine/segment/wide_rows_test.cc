#include "services/georef/engine/segment/wide_rows.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "tests/generator/random.h"

namespace sightline::georef {
namespace {

// Every length: whole registers, and what is left over.
constexpr size_t kLongest = 70;

TEST(WideRows, GiveThePixelsOfAColourToItsPlane) {
  generator::Random random(3);
  for (size_t width = 1; width <= kLongest; ++width) {
    std::vector<uint8_t> pixels(3 * width);
    for (uint8_t& value : pixels) {
      value = static_cast<uint8_t>(random.Integer(0, 255));
    }
    std::vector<float> out(3 * width, -1.0f);
    NormaliseRow({pixels.data(),
                  width,
                  {out.data() + 2 * width, out.data(), out.data() + width},
                  {2.0f, 0.5f, -1.0f},
                  {1.0f, 0.25f, 3.0f}});
    for (size_t x = 0; x < width; ++x) {
      ASSERT_EQ(out[2 * width + x], 2.0f * pixels[3 * x] + 1.0f);
      ASSERT_EQ(out[x], 0.5f * pixels[3 * x + 1] + 0.25f);
      ASSERT_EQ(out[width + x], 3.0f - pixels[3 * x + 2]);
    }
  }
}

TEST(WideRows, GiveTheClassAndItsSoftmax) {
  generator::Random random(4);
  for (size_t width = 1; width <= kLongest; ++width) {
    const int classes = random.Integer(1, 6);
    std::vector<float> scores(classes * width);
    // Equal ones, too.
    for (float& score : scores) score = 0.5f * random.Integer(-12, 12);
    std::vector<int32_t> labels(width);
    std::vector<int32_t> confidence(width);
    std::vector<float> best(width);
    std::vector<float> sum(width);
    ClassifyRow({scores.data(), classes, width, true, labels.data(),
                 confidence.data(), best.data(), sum.data()});
    for (size_t x = 0; x < width; ++x) {
      int label = 0;
      double shares = 0;
      for (int c = 1; c < classes; ++c) {
        if (scores[c * width + x] > scores[label * width + x]) label = c;
      }
      for (int c = 0; c < classes; ++c) {
        shares +=
            std::exp(double{scores[c * width + x]} - scores[label * width + x]);
      }
      ASSERT_EQ(labels[x], label);
      ASSERT_NEAR(confidence[x], 255 / shares, 0.55);
    }
  }
}

TEST(WideRows, StayWithinAByteWhateverANetworkSays) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const float infinity = std::numeric_limits<float>::infinity();
  for (const int classes : {2, 3, 4, 5}) {
    std::vector<float> scores;
    for (int c = 0; c < classes; ++c) {
      for (const float score : {nan, infinity, -infinity, c == 1 ? nan : 1.0f,
                                c == 1 ? infinity : -1e30f}) {
        scores.push_back(score);
      }
    }
    constexpr size_t kWidth = 5;
    std::vector<int32_t> labels(kWidth);
    std::vector<int32_t> confidence(kWidth);
    std::vector<float> best(kWidth);
    std::vector<float> sum(kWidth);
    for (const bool is_logits : {true, false}) {
      ClassifyRow({scores.data(), classes, kWidth, is_logits, labels.data(),
                   confidence.data(), best.data(), sum.data()});
      for (size_t x = 0; x < kWidth; ++x) {
        EXPECT_GE(labels[x], 0);
        EXPECT_LT(labels[x], classes);
        EXPECT_GE(confidence[x], 0);
        EXPECT_LE(confidence[x], 255);
      }
    }
  }
}

}  // namespace
}  // namespace sightline::georef
