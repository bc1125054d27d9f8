// Operations with a specification of our own, against their rules written down
// plainly, one pixel after the other.
#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <vector>

#include "gtest/gtest.h"
#include "services/preprocess/engine/bilateral.h"
#include "services/preprocess/engine/flatten.h"
#include "services/preprocess/engine/gaussian.h"
#include "services/preprocess/engine/kernels/kernels.h"
#include "services/preprocess/engine/local_threshold.h"
#include "services/preprocess/engine/morphology.h"
#include "services/preprocess/engine/pixel_rules/bilateral.h"
#include "services/preprocess/engine/pixel_rules/light.h"
#include "services/preprocess/engine/pixel_rules/local_threshold.h"
#include "services/preprocess/engine/pixel_rules/measure.h"
#include "services/preprocess/engine/pixel_rules/sharpen.h"
#include "services/preprocess/engine/polarity.h"
#include "services/preprocess/engine/sharpen.h"
#include "services/preprocess/engine/stretch.h"
#include "tests/unit/services/preprocess/engine/test_pages.h"

namespace sightline::preprocess {
namespace {

int Replicated(const GrayImage& page, int x, int y) {
  return page.row(
      rules::ClampIndex(y, page.height()))[rules::ClampIndex(x, page.width())];
}

int Reflected(const GrayImage& page, int x, int y) {
  return page.row(
      rules::Reflect101(y, page.height()))[rules::Reflect101(x, page.width())];
}

struct Sums {
  uint32_t sum = 0;
  uint32_t squares = 0;
};

Sums SumsAround(const GrayImage& page, int x, int y, int size) {
  Sums sums;
  for (int j = -(size / 2); j <= size / 2; ++j) {
    for (int i = -(size / 2); i <= size / 2; ++i) {
      const uint32_t pixel =
          static_cast<uint32_t>(Replicated(page, x + i, y + j));
      sums.sum += pixel;
      sums.squares += pixel * pixel;
    }
  }
  return sums;
}

TEST(OwnRules, SauvolaAndWolf) {
  Random random(1);
  for (int i = 0; i < 40 * CaseFactor(); ++i) {
    const GrayImage page =
        RandomPage(random, Between(random, 1, 150), Between(random, 1, 60));
    LocalThresholdOptions options;
    options.method = static_cast<LocalThresholdMethod>(i % 2);
    options.size = 2 * Between(random, 1, i % 8 == 0 ? 60 : 12) + 1;
    options.k = Between(random, 0, 100) / 100.0;
    options.range = Between(random, 1, 255);
    options.is_inverted = i % 3 == 0;
    const int area = options.size * options.size;
    const float inverse_area = 1.0f / static_cast<float>(area);
    const bool is_wolf = options.method == LocalThresholdMethod::kWolf;
    std::vector<Sums> sums;
    double largest = 0;
    int darkest = 255;
    for (int y = 0; y < page.height(); ++y) {
      for (int x = 0; x < page.width(); ++x) {
        sums.push_back(SumsAround(page, x, y, options.size));
        const Sums& last = sums.back();
        // In whole numbers: the rule in double must not differ.
        const int64_t variance =
            int64_t{area} * last.squares - int64_t{last.sum} * last.sum;
        ASSERT_EQ(rules::ScaledVariance(last.sum, last.squares, area),
                  static_cast<double>(variance));
        largest = std::max(largest, static_cast<double>(variance));
        darkest = std::min<int>(darkest, page.row(y)[x]);
      }
    }
    GrayImage expected(page.width(), page.height());
    int64_t differs_in_double = 0;
    for (int64_t at = 0; at < page.size_bytes(); ++at) {
      const Sums& here = sums[static_cast<size_t>(at)];
      const double variance =
          rules::ScaledVariance(here.sum, here.squares, area);
      const float mean = static_cast<float>(here.sum) * inverse_area;
      const float deviation = rules::LocalDeviation(variance, inverse_area);
      const float k = static_cast<float>(options.k);
      const double true_mean = static_cast<double>(here.sum) / area;
      const double true_deviation = std::sqrt(variance) / area;
      float level;
      double true_level;
      if (is_wolf) {
        const float most = rules::LocalDeviation(largest, inverse_area);
        level = rules::WolfThreshold(mean, deviation, k, 1.0f / most,
                                     static_cast<float>(darkest));
        true_level = true_mean + options.k *
                                     (std::sqrt(variance / largest) - 1) *
                                     (true_mean - darkest);
      } else {
        level = rules::SauvolaThreshold(
            mean, deviation, k, 1.0f / static_cast<float>(options.range));
        true_level =
            true_mean * (1 + options.k * (true_deviation / options.range - 1));
      }
      const int pixel = page.data()[at];
      bool is_white = static_cast<float>(pixel) > level;
      if (is_wolf && largest == 0) is_white = true;
      // The formula in double, where it is not a tie.
      if (largest > 0 && std::abs(pixel - true_level) > 0.01) {
        differs_in_double += is_white != (pixel > true_level);
      }
      expected.data()[at] = is_white != options.is_inverted ? 255 : 0;
    }
    EXPECT_EQ(differs_in_double, 0);
    const absl::StatusOr<LocalThresholdFilter> filter =
        LocalThresholdFilter::Create(options);
    ASSERT_TRUE(filter.ok()) << filter.status();
    ASSERT_EQ(DifferencesOfAll(expected,
                               [&](const Execution& execution, GrayImage& out) {
                                 return filter->Run(page, out, execution);
                               }),
              kSame)
        << (is_wolf ? "Wolf " : "Sauvola ") << options.size << " k "
        << options.k;
  }
}

TEST(OwnRules, Bilateral) {
  Random random(2);
  for (int i = 0; i < 25 * CaseFactor(); ++i) {
    const GrayImage page =
        RandomPage(random, Between(random, 1, 150), Between(random, 1, 70));
    BilateralOptions options;
    options.diameter = 2 * Between(random, 1, i % 5 == 0 ? 15 : 5) + 1;
    options.sigma_gray = Between(random, 1, 900) / 10.0;
    options.sigma_space = Between(random, 5, 90) / 10.0;
    const int radius = options.diameter / 2;
    GrayImage expected(page.width(), page.height());
    for (int y = 0; y < page.height(); ++y) {
      for (int x = 0; x < page.width(); ++x) {
        uint32_t weighted = 0;
        uint32_t sum = 0;
        for (int j = -radius; j <= radius; ++j) {
          for (int k = -radius; k <= radius; ++k) {
            if (j * j + k * k > radius * radius) continue;
            const int pixel = Reflected(page, x + k, y + j);
            const int difference = pixel - page.row(y)[x];
            const int weight = rules::BilateralWeight(
                rules::BilateralTableEntry(j * j + k * k, options.sigma_space),
                rules::BilateralTableEntry(difference * difference,
                                           options.sigma_gray));
            weighted += static_cast<uint32_t>(weight * pixel);
            sum += static_cast<uint32_t>(weight);
          }
        }
        expected.row(y)[x] = rules::BilateralGray(weighted, sum);
      }
    }
    const absl::StatusOr<Bilateral> filter = Bilateral::Create(options);
    ASSERT_TRUE(filter.ok()) << filter.status();
    ASSERT_EQ(DifferencesOfAll(expected,
                               [&](const Execution& execution, GrayImage& out) {
                                 return filter->Run(page, out, execution);
                               }),
              kSame)
        << options.diameter;
  }
}

TEST(OwnRules, UnsharpMask) {
  Random random(3);
  for (int i = 0; i < 60 * CaseFactor(); ++i) {
    const GrayImage page = RandomPage(random);
    UnsharpMaskOptions options;
    options.sigma = Between(random, 3, 60) / 10.0;
    options.amount = Between(random, 0, 40) / 16.0;
    options.threshold = i % 2 == 0 ? 0 : Between(random, 0, 60);
    GrayImage blurred;
    ASSERT_TRUE(
        Gaussian::Create({.size_x = 0, .size_y = 0, .sigma_x = options.sigma})
            ->Run(page, blurred)
            .ok());
    GrayImage expected(page.width(), page.height());
    for (int64_t at = 0; at < page.size_bytes(); ++at) {
      expected.data()[at] = rules::Unsharp(
          page.data()[at], blurred.data()[at],
          static_cast<int>(options.amount * 256), options.threshold);
    }
    const absl::StatusOr<UnsharpMask> filter = UnsharpMask::Create(options);
    ASSERT_TRUE(filter.ok()) << filter.status();
    ASSERT_EQ(DifferencesOfAll(expected,
                               [&](const Execution& execution, GrayImage& out) {
                                 return filter->Run(page, out, execution);
                               }),
              kSame);
  }
}

TEST(OwnRules, LaplacianSharpen) {
  Random random(4);
  for (int i = 0; i < 60 * CaseFactor(); ++i) {
    const GrayImage page = RandomPage(random);
    LaplacianSharpenOptions options;
    options.amount = Between(random, 0, 64) / 16.0;
    options.with_diagonals = i % 2 == 0;
    GrayImage expected(page.width(), page.height());
    for (int y = 0; y < page.height(); ++y) {
      for (int x = 0; x < page.width(); ++x) {
        int neighbours = Reflected(page, x - 1, y) + Reflected(page, x + 1, y) +
                         Reflected(page, x, y - 1) + Reflected(page, x, y + 1);
        if (options.with_diagonals) {
          neighbours +=
              Reflected(page, x - 1, y - 1) + Reflected(page, x + 1, y - 1) +
              Reflected(page, x - 1, y + 1) + Reflected(page, x + 1, y + 1);
        }
        expected.row(y)[x] = rules::LaplacianSharpened(
            page.row(y)[x], neighbours, options.with_diagonals ? 8 : 4,
            static_cast<int>(options.amount * 256));
      }
    }
    const absl::StatusOr<LaplacianSharpen> filter =
        LaplacianSharpen::Create(options);
    ASSERT_TRUE(filter.ok()) << filter.status();
    ASSERT_EQ(DifferencesOfAll(expected,
                               [&](const Execution& execution, GrayImage& out) {
                                 return filter->Run(page, out, execution);
                               }),
              kSame);
  }
}

TEST(OwnRules, FlattenDividesEveryPairOfGraysAsTheRuleSays) {
  std::vector<uint8_t> pixels(256);
  for (size_t i = 0; i < 256; ++i) pixels[i] = static_cast<uint8_t>(i);
  for (const InstructionSet instructions : SupportedInstructionSets()) {
    for (int background = 0; background < 256; ++background) {
      const std::vector<uint8_t> row(256, static_cast<uint8_t>(background));
      std::vector<uint8_t> out(256);
      KernelsFor(instructions)
          .flatten(pixels.data(), row.data(), 256, out.data());
      for (int pixel = 0; pixel < 256; ++pixel) {
        ASSERT_EQ(out[static_cast<size_t>(pixel)],
                  rules::Flattened(pixel, background))
            << pixel << " / " << background;
      }
    }
  }
}

TEST(OwnRules, FlattenIsItsStepsOneAfterTheOther) {
  Random random(5);
  for (int i = 0; i < 30 * CaseFactor(); ++i) {
    const GrayImage page = RandomPage(random);
    FlattenOptions options;
    options.closing_size = Between(random, 3, 45);
    options.sigma = Between(random, 10, 160) / 10.0;
    GrayImage smooth;
    GrayImage closed;
    GrayImage background;
    ASSERT_TRUE(Gaussian::Create({.size_x = 5, .size_y = 5, .sigma_x = 1.2})
                    ->Run(page, smooth)
                    .ok());
    ASSERT_TRUE(Morphology::Create({.width = options.closing_size,
                                    .height = options.closing_size})
                    ->Run(smooth, closed)
                    .ok());
    ASSERT_TRUE(
        Gaussian::Create({.size_x = 0, .size_y = 0, .sigma_x = options.sigma})
            ->Run(closed, background)
            .ok());
    GrayImage expected(page.width(), page.height());
    for (int64_t at = 0; at < page.size_bytes(); ++at) {
      expected.data()[at] =
          rules::Flattened(page.data()[at], background.data()[at]);
    }
    const absl::StatusOr<Flatten> filter = Flatten::Create(options);
    ASSERT_TRUE(filter.ok()) << filter.status();
    ASSERT_EQ(DifferencesOfAll(expected,
                               [&](const Execution& execution, GrayImage& out) {
                                 return filter->Run(page, out, execution);
                               }),
              kSame);
  }
}

TEST(OwnRules, StretchTakesThePercentilesToTheEnds) {
  Random random(6);
  for (int i = 0; i < 40 * CaseFactor(); ++i) {
    const GrayImage page = RandomPage(random);
    const absl::StatusOr<Stretch> stretch =
        Stretch::Create({.low_percent = 2, .high_percent = 90});
    ASSERT_TRUE(stretch.ok());
    std::vector<int> sorted(page.data(), page.data() + page.size_bytes());
    std::sort(sorted.begin(), sorted.end());
    const auto percentile = [&](double share) {
      const double rank =
          std::ceil(share * static_cast<double>(sorted.size()) - 1e-9) - 1;
      return sorted[static_cast<size_t>(std::max(rank, 0.0))];
    };
    const int low = percentile(0.02);
    const int high = percentile(0.9);
    GrayImage expected(page.width(), page.height());
    for (int64_t at = 0; at < page.size_bytes(); ++at) {
      const int pixel = page.data()[at];
      expected.data()[at] =
          low < high
              ? static_cast<uint8_t>(std::clamp(
                    std::floor((pixel - low) * 255.0 / (high - low) + 0.5), 0.0,
                    255.0))
              : static_cast<uint8_t>(pixel);
    }
    ASSERT_EQ(DifferencesOfAll(expected,
                               [&](const Execution& execution, GrayImage& out) {
                                 const absl::StatusOr<StretchedRange> range =
                                     stretch->Run(page, out, execution);
                                 EXPECT_EQ(range->low, low);
                                 EXPECT_EQ(range->high, high);
                                 return range.status();
                               }),
              kSame);
  }
}

TEST(OwnRules, LocalContrastRoundsToTheNearestEighth) {
  Random random(7);
  for (int i = 0; i < 20000; ++i) {
    const int size = 2 * Between(random, 1, 30) + 1;
    const int area = size * size;
    const int pixel = Between(random, 0, 255);
    const int sum = Between(random, 0, 255 * area);
    const double exact = 8 * (pixel - static_cast<double>(sum) / area);
    EXPECT_EQ(rules::LocalContrast(pixel, sum, area),
              static_cast<int>(std::floor(exact + 0.5)))
        << pixel << " " << sum << " / " << area;
  }
}

}  // namespace
}  // namespace sightline::preprocess
