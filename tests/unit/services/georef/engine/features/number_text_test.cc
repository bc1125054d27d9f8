#include "services/georef/engine/features/number_text.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>

namespace sightline::georef {
namespace {

std::string Text(double value, int decimals) {
  std::string text;
  AppendNumber(value, decimals, text);
  return text;
}

TEST(NumberText, SaysNumbersShortly) {
  EXPECT_EQ(Text(0, 8), "0");
  EXPECT_EQ(Text(-0.0, 8), "0");
  EXPECT_EQ(Text(-1e-9, 8), "0");
  EXPECT_EQ(Text(1e-8, 8), "0.00000001");
  EXPECT_EQ(Text(-0.05, 8), "-0.05");
  EXPECT_EQ(Text(127.5, 8), "127.5");
  EXPECT_EQ(Text(-180, 8), "-180");
  EXPECT_EQ(Text(100, 0), "100");
  EXPECT_EQ(Text(0.5, 0), "1");
  EXPECT_EQ(Text(1234567890.1239, 3), "1234567890.124");
  EXPECT_EQ(Text(std::numeric_limits<double>::quiet_NaN(), 3), "null");
  EXPECT_EQ(Text(-std::numeric_limits<double>::infinity(), 3), "null");
  EXPECT_EQ(Text(1e300, 3), "null");
}

TEST(NumberText, IsReadBackWithinHalfAUnit) {
  std::mt19937 random(3);
  std::uniform_real_distribution<double> degrees(-180, 180);
  for (int i = 0; i < 20000; ++i) {
    const double value = degrees(random);
    ASSERT_NEAR(std::stod(Text(value, 8)), value, 0.5000001e-8);
  }
}

}  // namespace
}  // namespace sightline::georef
