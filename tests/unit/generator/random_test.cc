#include "tests/generator/random.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace sightline::generator {
namespace {

// Reference values of xoshiro256** seeded by splitmix64 from 1: fixtures are
// named by their seeds, so these must never change.
TEST(Random, GivesTheSameNumbersForEver) {
  Random random(1);
  EXPECT_EQ(random.Bits(), 0xb3f2af6d0fc710c5u);
  EXPECT_EQ(random.Bits(), 0x853b559647364ceau);
}

TEST(Random, StreamsOfDifferentPurposesDoNotDependOnEachOther) {
  Random random(5);
  const uint64_t marks = random.For("marks").Bits();
  random.Bits();
  EXPECT_EQ(random.For("marks").Bits(), marks);
  EXPECT_NE(random.For("plan").Bits(), marks);
}

TEST(Random, IntegersCoverTheirRangeAndNothingElse) {
  Random random(2);
  int seen[7] = {};
  for (int i = 0; i < 7000; ++i) {
    const int value = random.Integer(-3, 3);
    ASSERT_GE(value, -3);
    ASSERT_LE(value, 3);
    ++seen[value + 3];
  }
  for (const int count : seen) EXPECT_NEAR(count, 1000, 200);
}

TEST(Random, NormalHasMeanZeroAndDeviationOne) {
  Random random(3);
  double sum = 0;
  double squares = 0;
  constexpr int kCount = 20000;
  for (int i = 0; i < kCount; ++i) {
    const double value = random.Normal();
    sum += value;
    squares += value * value;
  }
  EXPECT_NEAR(sum / kCount, 0, 0.03);
  EXPECT_NEAR(std::sqrt(squares / kCount), 1, 0.03);
}

}  // namespace
}  // namespace sightline::generator
