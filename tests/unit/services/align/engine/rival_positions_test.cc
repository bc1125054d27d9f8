#include "services/align/engine/rival_positions.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace sightline::align {
namespace {

constexpr PixelSize kPage{1000, 1000};

// `columns` x `rows` bubbles, 40 x 50 apart.
std::vector<PrintedShape> Lattice(double left, double top, int columns,
                                  int rows) {
  std::vector<PrintedShape> shapes;
  for (int row = 0; row < rows; ++row) {
    for (int column = 0; column < columns; ++column) {
      shapes.push_back({{left + 40 * column, top + 50 * row}, {25, 25}, {}});
    }
  }
  return shapes;
}

// The rival that takes the origin's neighbourhood to `target`.
const RivalPosition* Shifted(const std::vector<RivalPosition>& rivals, double x,
                             double y) {
  const auto found =
      std::find_if(rivals.begin(), rivals.end(), [&](const RivalPosition& r) {
        const PixelPoint a = r.page_to_rival.Map({0, 0});
        const PixelPoint b = r.page_to_rival.Map({100, 0});
        return std::hypot(a.x - x, a.y - y) < 1 &&
               std::hypot(b.x - x - 100, b.y - y) < 1;
      });
  return found == rivals.end() ? nullptr : &*found;
}

TEST(RivalPositions, AreTheShiftsByABubble) {
  const auto rivals = FindRivalPositions(Lattice(300, 200, 5, 10), kPage);
  for (const PixelPoint shift : {PixelPoint{40, 0}, PixelPoint{-40, 0},
                                 PixelPoint{0, 50}, PixelPoint{0, -50}}) {
    const RivalPosition* rival = Shifted(rivals, shift.x, shift.y);
    ASSERT_NE(rival, nullptr) << shift.x << ", " << shift.y;
    // A column of 10 or a row of 5 tells them apart, on either side.
    const size_t expected = shift.x != 0 ? 10 : 5;
    EXPECT_EQ(rival->ours.size(), expected);
    EXPECT_EQ(rival->theirs.size(), expected);
  }
  EXPECT_EQ(Shifted(rivals, 0, 0), nullptr) << "no rival of itself";
}

// Of a tall lattice shifts by many rows explain more than one by a column does.
TEST(RivalPositions, AreInEveryDirection) {
  const auto rivals = FindRivalPositions(Lattice(300, 20, 4, 19), kPage);
  for (const PixelPoint shift :
       {PixelPoint{40, 0}, PixelPoint{-40, 0}, PixelPoint{0, 50},
        PixelPoint{0, -50}, PixelPoint{40, 50}, PixelPoint{-40, 50}}) {
    EXPECT_NE(Shifted(rivals, shift.x, shift.y), nullptr)
        << shift.x << ", " << shift.y;
  }
}

TEST(RivalPositions, SeeThatALatticeTurnedIsTheSameLattice) {
  const auto rivals = FindRivalPositions(Lattice(300, 200, 5, 10), kPage);
  // Around the lattice's middle (380, 425): (x, y) -> (760 - x, 850 - y).
  const auto turned =
      std::find_if(rivals.begin(), rivals.end(), [&](const RivalPosition& r) {
        const PixelPoint p = r.page_to_rival.Map({300, 200});
        return std::hypot(p.x - 460, p.y - 650) < 1;
      });
  ASSERT_NE(turned, rivals.end());
  EXPECT_TRUE(turned->ours.empty());
  EXPECT_TRUE(turned->theirs.empty());
}

TEST(RivalPositions, LeaveOutWhatIsNotOnThePage) {
  const auto rivals = FindRivalPositions(Lattice(20, 200, 5, 10), kPage);
  const RivalPosition* rival = Shifted(rivals, 40, 0);
  ASSERT_NE(rival, nullptr);
  // Where the rival expects its first column, there is no page.
  EXPECT_EQ(rival->ours.size(), 10u);
  EXPECT_TRUE(rival->theirs.empty());
}

TEST(RivalPositions, AreTheThreeTurnsForAPageWithoutBubbles) {
  EXPECT_EQ(FindRivalPositions({}, kPage).size(), 3u);
}

}  // namespace
}  // namespace sightline::align
