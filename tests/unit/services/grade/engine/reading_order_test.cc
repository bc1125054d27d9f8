#include "services/grade/engine/proposal/reading_order.h"

#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace sightline::grade {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(ReadingOrder, ColumnsComeBeforeRows) {
  //  0 2
  //  1 3
  EXPECT_THAT(ReadingOrder({{0, 0, 40, 50},
                            {0, 60, 40, 90},
                            {60, 0, 100, 50},
                            {60, 60, 100, 90}}),
              ElementsAre(0, 1, 2, 3));
  EXPECT_THAT(ReadingOrder({{60, 60, 100, 90},
                            {60, 0, 100, 50},
                            {0, 60, 40, 90},
                            {0, 0, 40, 50}}),
              ElementsAre(3, 2, 1, 0));
}

TEST(ReadingOrder, BandsOfOtherColumnsFollowEachOther) {
  // Two columns above, one wide block below.
  EXPECT_THAT(ReadingOrder({{30, 60, 90, 90}, {50, 0, 90, 50}, {0, 0, 40, 50}}),
              ElementsAre(2, 1, 0));
  // One block above two columns.
  EXPECT_THAT(
      ReadingOrder({{50, 60, 90, 90}, {0, 60, 40, 90}, {20, 0, 70, 50}}),
      ElementsAre(2, 1, 0));
}

TEST(ReadingOrder, BlocksThatNothingSeparatesGoFromTheTop) {
  // Each reaches into the next one's band and column.
  EXPECT_THAT(ReadingOrder({{40, 45, 90, 95}, {0, 0, 50, 50}}),
              ElementsAre(1, 0));
  EXPECT_THAT(ReadingOrder({}), IsEmpty());
  EXPECT_THAT(ReadingOrder({{0, 0, 1, 1}}), ElementsAre(0));
}

}  // namespace
}  // namespace sightline::grade
