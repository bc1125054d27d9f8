#include "services/grade/engine/covered_print.h"

#include <algorithm>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace sightline::grade {
namespace {

using ::testing::Each;

// Columns of bubbles with a letter of this contrast each.
std::vector<Ink> Column(int rows, float contrast, int column = 0) {
  std::vector<Ink> bubbles(rows);
  for (int row = 0; row < rows; ++row) {
    Ink& ink = bubbles[row];
    ink.column = column;
    ink.is_usable = true;
    ink.veil = 0.04f;
    // Print differs a little.
    ink.stroke = ink.veil + contrast * (1 - 0.01f * (row % 3));
  }
  return bubbles;
}

std::vector<bool> Find(const std::vector<Ink>& bubbles, int columns = 1) {
  return FindCovered(bubbles, std::vector<bool>(bubbles.size(), true), 1,
                     columns);
}

TEST(CoveredPrint, IsPalerThanTheColumnsOtherLetters) {
  std::vector<Ink> bubbles = Column(10, 0.7f);
  bubbles[4].veil = 0.15f;
  bubbles[4].stroke = 0.36f;
  const std::vector<bool> covered = Find(bubbles);
  for (size_t i = 0; i < covered.size(); ++i) EXPECT_EQ(covered[i], i == 4);
}

TEST(CoveredPrint, IsFoundWhereItIsTheColumnsMost) {
  std::vector<Ink> bubbles = Column(10, 0.7f);
  // Of the group's other column nothing is covered.
  for (const Ink& ink : Column(10, 0.6f, 1)) bubbles.push_back(ink);
  for (int i = 0; i < 6; ++i) bubbles[i].stroke = 0.2f;
  const std::vector<bool> covered = Find(bubbles, 2);
  EXPECT_EQ(std::count(covered.begin(), covered.end(), true), 6);
  for (int i = 0; i < 6; ++i) EXPECT_TRUE(covered[i]) << i;
}

TEST(CoveredPrint, IsNoPencilThatLeavesTheLetterDark) {
  std::vector<Ink> bubbles = Column(10, 0.7f);
  bubbles[4].veil = 0.2f;
  EXPECT_THAT(Find(bubbles), Each(false));
}

TEST(CoveredPrint, IsNotToldWhereNothingIsPrinted) {
  std::vector<Ink> bubbles = Column(10, 0.05f);
  bubbles[4].stroke = bubbles[4].veil;
  EXPECT_THAT(Find(bubbles), Each(false));
}

TEST(CoveredPrint, IsNotToldWhereTheScanLosesLettersAnyway) {
  std::vector<Ink> bubbles = Column(12, 0.7f);
  for (size_t i = 0; i < bubbles.size(); ++i) {
    bubbles[i].stroke = 0.1f + 0.055f * i;
  }
  EXPECT_THAT(Find(bubbles), Each(false));
}

TEST(CoveredPrint, IsNotToldOfUnusableBubbles) {
  std::vector<Ink> bubbles = Column(10, 0.7f);
  bubbles[4].stroke = 0;
  bubbles[4].is_usable = false;
  std::vector<bool> look_empty(10, true);
  look_empty[4] = false;
  EXPECT_THAT(FindCovered(bubbles, look_empty, 1, 1), Each(false));
}

}  // namespace
}  // namespace sightline::grade
