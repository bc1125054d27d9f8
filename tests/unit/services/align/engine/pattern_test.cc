#include "services/align/engine/pattern.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>

namespace sightline::align {
namespace {

// A smooth random texture, the same function sampled anywhere: waves of
// random direction, length and phase.
double Texture(double x, double y) {
  std::mt19937 random(11);
  std::uniform_real_distribution<double> uniform(-1, 1);
  double value = 128;
  for (int i = 0; i < 24; ++i) {
    const double across = 0.8 * uniform(random);
    const double down = 0.8 * uniform(random);
    value += 18 * std::sin(across * x + down * y + 3 * uniform(random));
  }
  return std::clamp(value, 0.0, 255.0);
}

std::vector<uint8_t> Sampled(int side, double dx, double dy, double gain = 1) {
  std::vector<uint8_t> pixels;
  for (int y = 0; y < side; ++y) {
    for (int x = 0; x < side; ++x) {
      pixels.push_back(static_cast<uint8_t>(
          gain * Texture(x - side / 2.0 - dx, y - side / 2.0 - dy)));
    }
  }
  return pixels;
}

// A thin ring, its inside and outside as given.
std::vector<uint8_t> Ring(int side, double dx, double dy, int inside) {
  std::vector<uint8_t> pixels;
  for (int y = 0; y < side; ++y) {
    for (int x = 0; x < side; ++x) {
      const double r =
          std::hypot(x + 0.5 - side / 2.0 - dx, y + 0.5 - side / 2.0 - dy);
      pixels.push_back(r > 9 ? 230 : r > 7 ? 70 : inside);
    }
  }
  return pixels;
}

TEST(Pattern, IsFoundToAFractionOfAPixelWhateverTheBrightness) {
  const auto pattern = Pattern::Create(21, Sampled(21, 0, 0), {});
  ASSERT_TRUE(pattern.has_value());
  for (const double gain : {1.0, 0.3}) {
    const auto window = Sampled(37, 3.3, -4.6, gain);
    const PatternMatch match = pattern->FindIn(window.data(), 37);
    EXPECT_NEAR(match.dx, 3.3, 0.15) << gain;
    EXPECT_NEAR(match.dy, -4.6, 0.15) << gain;
    EXPECT_GT(match.score, 0.97) << gain;
    EXPECT_FALSE(match.is_at_rim);
  }
}

TEST(Pattern, IgnoresWhatIsNotCompared) {
  std::vector<uint8_t> is_compared;
  for (const uint8_t pixel : Ring(25, 0, 0, 1)) {
    is_compared.push_back(pixel != 1);
  }
  const auto pattern = Pattern::Create(25, Ring(25, 0, 0, 1), is_compared);
  ASSERT_TRUE(pattern.has_value());
  // Places enough for the search that takes every second one first.
  for (const int inside : {230, 120, 40}) {
    const auto window = Ring(25 + 20, 4, -7, inside);
    const PatternMatch match = pattern->FindIn(window.data(), 45);
    EXPECT_NEAR(match.dx, 4, 0.2) << inside;
    EXPECT_NEAR(match.dy, -7, 0.2) << inside;
    EXPECT_GT(match.score, 0.9) << inside;
  }
}

TEST(Pattern, SaysWhenTheBestPlaceIsAtTheRim) {
  const auto pattern = Pattern::Create(21, Sampled(21, 0, 0), {});
  const auto window = Sampled(25, 6, 0);
  EXPECT_TRUE(pattern->FindIn(window.data(), 25).is_at_rim);
}

TEST(Pattern, ScoresPlainPaperZeroAndNoiseLow) {
  const auto pattern = Pattern::Create(21, Sampled(21, 0, 0), {});
  const std::vector<uint8_t> plain(31 * 31, 200);
  EXPECT_EQ(pattern->FindIn(plain.data(), 31).score, 0);
  std::mt19937 random(5);
  std::vector<uint8_t> noise(31 * 31);
  for (uint8_t& pixel : noise) pixel = static_cast<uint8_t>(random());
  EXPECT_LT(pattern->FindIn(noise.data(), 31).score, 0.4);
}

TEST(Pattern, IsRefusedWithoutStructure) {
  EXPECT_FALSE(
      Pattern::Create(15, std::vector<uint8_t>(225, 255), {}).has_value());
  EXPECT_FALSE(
      Pattern::Create(15, Sampled(15, 0, 0), std::vector<uint8_t>(225, 0))
          .has_value());
}

TEST(Pattern, KnowsHowEasilyItIsMistaken) {
  // Repeats every 12 pixels.
  std::vector<uint8_t> stripes;
  for (int i = 0; i < 61 * 61; ++i) {
    stripes.push_back(static_cast<uint8_t>(
        128 + 60 * std::sin(2 * M_PI * (i % 61 - 30) / 12) +
        60 * std::sin(2 * M_PI * (i / 61 - 30) / 12)));
  }
  std::vector<uint8_t> middle;
  for (int y = 20; y < 41; ++y) {
    for (int x = 20; x < 41; ++x) middle.push_back(stripes[y * 61 + x]);
  }
  const auto pattern = Pattern::Create(21, middle, {});
  EXPECT_GT(pattern->RivalScore(stripes.data(), 61, 4), 0.95);
  const auto unique = Pattern::Create(21, Sampled(21, 0, 0), {});
  const auto around = Sampled(61, 0, 0);
  EXPECT_LT(unique->RivalScore(around.data(), 61, 6), 0.9);
}

}  // namespace
}  // namespace sightline::align
