#include "services/align/engine/outermost_marks.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace sightline::align {
namespace {

using Marks = std::vector<MarkerCandidate>;

const PixelPoint kCorners[] = {{50, 60}, {950, 40}, {970, 1350}, {40, 1370}};

MarkerCandidate Mark(PixelPoint center, double size) {
  return {center, size, 0.9};
}

// A lattice of bubbles of about `size`.
Marks Bubbles(double size) {
  Marks marks;
  for (int row = 0; row < 20; ++row) {
    for (int column = 0; column < 12; ++column) {
      marks.push_back(Mark({200.0 + 50 * column, 300.0 + 50 * row},
                           size + (row * 7 + column) % 3));
    }
  }
  return marks;
}

// The size of the smallest group that holds all of the corners; 0: none does.
size_t SmallestWithCorners(const std::vector<Marks>& groups) {
  size_t smallest = 0;
  for (const Marks& group : groups) {
    const bool has_all = std::all_of(
        std::begin(kCorners), std::end(kCorners), [&](PixelPoint corner) {
          return std::any_of(
              group.begin(), group.end(), [&](const MarkerCandidate& mark) {
                return mark.center.x == corner.x && mark.center.y == corner.y;
              });
        });
    if (has_all && (smallest == 0 || group.size() < smallest)) {
      smallest = group.size();
    }
  }
  return smallest;
}

TEST(OutermostOfEachSize, ParsMarkersFromBubblesOfAnotherSize) {
  Marks marks = Bubbles(18);
  for (const PixelPoint corner : kCorners) marks.push_back(Mark(corner, 60));
  EXPECT_EQ(SmallestWithCorners(OutermostOfEachSize(marks, 12)), 4u);
}

TEST(OutermostOfEachSize, FindsMarkersAroundBubblesOfTheSameSize) {
  Marks marks = Bubbles(18);
  for (const PixelPoint corner : kCorners) marks.push_back(Mark(corner, 19));
  const auto groups = OutermostOfEachSize(marks, 12);
  EXPECT_GT(SmallestWithCorners(groups), 0u);
  for (const Marks& group : groups) EXPECT_LE(group.size(), 12u);
}

TEST(OutermostOfEachSize, LooksBehindStrayMarks) {
  Marks marks;
  for (const PixelPoint corner : kCorners) marks.push_back(Mark(corner, 40));
  // A triangle of things on the table around the page.
  marks.push_back(Mark({500, -900}, 38));
  marks.push_back(Mark({-1500, 1900}, 42));
  marks.push_back(Mark({2500, 1900}, 44));
  EXPECT_EQ(SmallestWithCorners(OutermostOfEachSize(marks, 12)), 7u);
}

TEST(OutermostOfEachSize, TakesTogetherWhatATiltedPageShows) {
  Marks marks;
  double size = 30;
  for (const PixelPoint corner : kCorners) {
    marks.push_back(Mark(corner, size));
    size *= 1.14;
  }
  EXPECT_EQ(SmallestWithCorners(OutermostOfEachSize(marks, 12)), 4u);
}

TEST(OutermostOfEachSize, HasNoGroupOfOne) {
  EXPECT_TRUE(OutermostOfEachSize({}, 12).empty());
  EXPECT_TRUE(OutermostOfEachSize({Mark({5, 5}, 10)}, 12).empty());
  EXPECT_TRUE(
      OutermostOfEachSize({Mark({5, 5}, 10), Mark({50, 5}, 30)}, 12).empty());
}

TEST(OutermostOfEachSize, BearsMarksOnALineAndInOnePlace) {
  Marks marks;
  for (int i = 0; i < 9; ++i) marks.push_back(Mark({10.0 * i, 20.0 * i}, 8));
  for (int i = 0; i < 9; ++i) marks.push_back(Mark({300, 300}, 8));
  const auto groups = OutermostOfEachSize(marks, 5);
  ASSERT_EQ(groups.size(), 1u);
  EXPECT_EQ(groups[0].size(), 5u);
}

}  // namespace
}  // namespace sightline::align
