#include "services/grade/engine/misfit.h"

#include <cmath>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "page_painter.h"
#include "services/grade/engine/shift_search.h"
#include "sheet_reading.h"

namespace sightline::grade {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;

// Four blocks of ten questions with five values, each found where it should be.
class Misfits : public ::testing::Test {
 protected:
  Misfits() {
    SheetLayout layout;
    layout.page = {800, 800};
    layout.bubble = {14, 14};
    for (int i = 0; i < 4; ++i) {
      FieldBlock& block = layout.blocks.emplace_back();
      block.labels = {std::string(1, static_cast<char>('a' + i)) + "1..10"};
      block.values = {"A", "B", "C", "D", "E"};
      block.origin = {60.0 + 180 * i, 60};
      block.value_gap = 28;
      block.field_gap = 28;
    }
    sheet_ = MakeSheet(layout);
    print_.groups.resize(sheet_.group_count());
    for (GroupPrint& group : print_.groups) {
      group.frame = PatchFrame({14, 14});
      group.has_outlines = true;
    }
    print_.shifts.resize(sheet_.bubble_count());
  }

  // Moves and stretches what was found of a group; page units.
  void Find(int group, PixelPoint away, double stretch = 0) {
    size_t at = 0;
    for (size_t f = 0; f < sheet_.fields().size(); ++f) {
      for (const Bubble& bubble : sheet_.fields()[f].bubbles) {
        const size_t i = at++;
        if (sheet_.groups()[f] != group) continue;
        const double pitch = print_.groups[group].frame.pitch;
        print_.shifts[i] = {
            static_cast<int>(std::lround(away.x / pitch)),
            static_cast<int>(std::lround(
                (away.y + stretch * (bubble.center.y - 186)) / pitch))};
      }
    }
  }

  std::vector<bool> Misfit() const { return FindMisfits(sheet_, print_); }

  Sheet sheet_;
  PrintModel print_;
};

TEST_F(Misfits, AreNoneWhereThePageLiesElsewhereAsAWhole) {
  for (int group = 0; group < 4; ++group) Find(group, {6, -5}, 0.03);
  EXPECT_THAT(Misfit(), Each(false));
}

TEST_F(Misfits, AreNoneWhereThePageIsALittleUneven) {
  for (int group = 0; group < 4; ++group) Find(group, {1.0 * group, 0}, 0.01);
  EXPECT_THAT(Misfit(), Each(false));
}

TEST_F(Misfits, LieElsewhereThanTheOthers) {
  Find(2, {0, 7});
  EXPECT_THAT(Misfit(), ElementsAre(false, false, true, false));
}

TEST_F(Misfits, AreSpacedUnlikeTheOthers) {
  Find(1, {0, 0}, 0.05);
  EXPECT_THAT(Misfit(), ElementsAre(false, true, false, false));
}

TEST_F(Misfits, AreAsFarAsWasLooked) {
  for (int group = 0; group < 4; ++group) Find(group, {9, 0});
  print_.groups[3].is_at_limit = true;
  EXPECT_THAT(Misfit(), ElementsAre(false, false, false, true));
}

TEST_F(Misfits, AreNotToldWithoutOutlines) {
  Find(2, {0, 7});
  print_.groups[2].has_outlines = false;
  print_.groups[2].is_at_limit = true;
  EXPECT_THAT(Misfit(), Each(false));
}

TEST_F(Misfits, AreNotToldOfTwoThatDisagree) {
  Find(1, {0, 7});
  print_.groups[2].has_outlines = print_.groups[3].has_outlines = false;
  EXPECT_THAT(Misfit(), Each(false));
}

}  // namespace
}  // namespace sightline::grade
