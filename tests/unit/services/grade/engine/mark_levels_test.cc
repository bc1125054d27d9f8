#include "services/grade/engine/mark_levels.h"

#include <random>
#include <vector>

#include "gtest/gtest.h"

namespace sightline::grade {
namespace {

// Pages of 4 columns whose letters hold 0.1, 0.2, 0.3 and 0.15 ink.
constexpr float kLetters[] = {0.1f, 0.2f, 0.3f, 0.15f};

class Page {
 public:
  explicit Page(uint32_t seed) : random_(seed) {}

  // Adds a row with these marks' ink (0: none); `stain` lies over all of it.
  void AddRow(const std::vector<float>& marks, float noise = 0.01f) {
    std::normal_distribution<float> scatter(0, noise);
    for (int column = 0; column < 4; ++column) {
      Ink ink;
      ink.column = column;
      ink.is_usable = true;
      const float letter = kLetters[column];
      ink.fill = letter + marks[column] * (1 - letter) + scatter(random_);
      ink.veil = 0.02f + marks[column] * 0.95f + scatter(random_);
      bubbles.push_back(ink);
    }
  }

  std::vector<Ink> bubbles;

 private:
  std::mt19937 random_;
};

TEST(MarkLevels, LettersDoNotCount) {
  Page page(1);
  for (int row = 0; row < 50; ++row) {
    std::vector<float> marks(4, 0.0f);
    marks[row % 4] = 0.6f;
    page.AddRow(marks);
  }
  const MarkLevels levels = FindLevels(page.bubbles, 1, 4);
  for (size_t i = 0; i < page.bubbles.size(); ++i) {
    const bool is_marked = i % 4 == (i / 4) % 4;
    if (is_marked) {
      EXPECT_GT(levels.excess[i], levels.groups[0].marked_from);
    } else {
      EXPECT_LT(levels.excess[i], levels.groups[0].empty_below);
      EXPECT_NEAR(levels.excess[i], 0, 0.05);
    }
  }
  EXPECT_NEAR(levels.groups[0].mark, 0.53, 0.06);
  EXPECT_NEAR(levels.empty_fill, 0.17, 0.05);
  EXPECT_GT(levels.mark_fill, 0.6);
}

TEST(MarkLevels, ShadingShowsBesideALetterThatWeighsMore) {
  Page page(4);
  for (int row = 0; row < 12; ++row) page.AddRow({0, 0, 0, 0}, 0.004f);
  // The heaviest letter, paler than elsewhere, under light shading.
  page.bubbles[2].fill = 0.29f;
  page.bubbles[2].veil = 0.16f;
  const MarkLevels levels = FindLevels(page.bubbles, 1, 4);
  EXPECT_GT(levels.veil[2], levels.groups[0].veiled_from);
  for (size_t i = 0; i < page.bubbles.size(); ++i) {
    if (i == 2) continue;
    EXPECT_LT(levels.veil[i], levels.groups[0].veiled_from) << i;
  }
}

TEST(MarkLevels, AMarkIsBeyondDoubtOnlyAgainstTheWeightOfLetters) {
  Page page(5);
  for (int row = 0; row < 20; ++row) page.AddRow({0, 0, 0, 0});
  for (Ink& ink : page.bubbles) ink.fill += 0.25f;
  const MarkLevels levels = FindLevels(page.bubbles, 1, 4);
  EXPECT_GT(levels.empty_fill, 0.35);
  EXPECT_GT(levels.groups[0].marked_from, 0.2);
}

TEST(MarkLevels, ABlankPageHasNoMarks) {
  for (const float noise : {0.0f, 0.005f, 0.02f}) {
    Page page(2);
    for (int row = 0; row < 60; ++row) page.AddRow({0, 0, 0, 0}, noise);
    const MarkLevels levels = FindLevels(page.bubbles, 1, 4);
    EXPECT_EQ(levels.mark_fill, 0);
    EXPECT_EQ(levels.groups[0].mark, 0);
    for (const float excess : levels.excess) {
      EXPECT_LT(excess, levels.groups[0].empty_below);
    }
  }
}

TEST(MarkLevels, FaintPagesHaveLowThresholds) {
  Page page(3);
  for (int row = 0; row < 50; ++row) {
    std::vector<float> marks(4, 0.0f);
    marks[row % 4] = 0.2f;
    page.AddRow(marks);
  }
  const MarkLevels levels = FindLevels(page.bubbles, 1, 4);
  for (size_t i = 0; i < page.bubbles.size(); ++i) {
    if (i % 4 == (i / 4) % 4) {
      EXPECT_GE(levels.excess[i], levels.groups[0].marked_from);
    } else {
      EXPECT_LT(levels.excess[i], levels.groups[0].empty_below);
    }
  }
}

TEST(MarkLevels, MostBubblesMayBeMarked) {
  Page page(4);
  std::mt19937 random(5);
  std::vector<bool> truth;
  for (int row = 0; row < 50; ++row) {
    std::vector<float> marks(4);
    for (float& mark : marks) {
      mark = random() % 10 < 8 ? 0.6f : 0.0f;
      truth.push_back(mark > 0);
    }
    page.AddRow(marks);
  }
  const MarkLevels levels = FindLevels(page.bubbles, 1, 4);
  for (size_t i = 0; i < truth.size(); ++i) {
    EXPECT_EQ(levels.excess[i] >= levels.groups[0].threshold, truth[i]) << i;
  }
}

TEST(MarkLevels, AllBubblesMayBeMarked) {
  Page page(6);
  for (int row = 0; row < 20; ++row) page.AddRow({0.7f, 0.7f, 0.7f, 0.7f});
  const MarkLevels levels = FindLevels(page.bubbles, 1, 4);
  for (const float excess : levels.excess) {
    EXPECT_GE(excess, levels.groups[0].threshold);
  }
}

TEST(MarkLevels, AColumnThatIsTickedAllOverIsNotTakenForPrint) {
  // Ticks leave the lighter part of a bubble alone, and no two are alike.
  Page page(10);
  std::mt19937 random(11);
  std::normal_distribution<float> tick(0.11f, 0.025f);
  for (int row = 0; row < 40; ++row) {
    page.AddRow({0, 0, 0, 0}, 0.004f);
    page.bubbles[page.bubbles.size() - 3].fill += tick(random);
  }
  const MarkLevels levels = FindLevels(page.bubbles, 1, 4);
  for (size_t i = 0; i < page.bubbles.size(); ++i) {
    if (i % 4 == 1) {
      EXPECT_GE(levels.trace[i], levels.groups[0].blank_below)
          << "row " << i / 4 << " would be blank";
    } else if (i % 4 != 2) {
      EXPECT_LT(levels.trace[i], levels.groups[0].blank_below);
    }
  }
}

TEST(MarkLevels, AShadowsEdgeDoesNotMakeAPageNoisy) {
  Page page(12);
  for (int row = 0; row < 40; ++row) page.AddRow({0, 0, 0.5f, 0}, 0.004f);
  const MarkLevels clean = FindLevels(page.bubbles, 1, 4);
  std::mt19937 random(13);
  std::normal_distribution<float> shade(0, 0.05f);
  for (size_t i = 0; i < page.bubbles.size(); i += 3) {
    page.bubbles[i].shadow = 0.1f;
    page.bubbles[i].fill += shade(random);
  }
  const MarkLevels shaded = FindLevels(page.bubbles, 1, 4);
  EXPECT_LT(shaded.groups[0].noise, 1.3 * clean.groups[0].noise);
}

TEST(MarkLevels, ALonelyFieldIsComparedWithoutItsLetters) {
  // One row: no column has enough bubbles to know its letter by.
  Page page(7);
  page.AddRow({0, 0, 0.6f, 0}, 0.0f);
  const MarkLevels levels = FindLevels(page.bubbles, 1, 4);
  EXPECT_GE(levels.excess[2], levels.groups[0].marked_from);
  for (const size_t i : {0, 1, 3}) {
    EXPECT_LT(levels.excess[i], levels.groups[0].empty_below) << i;
  }
}

TEST(MarkLevels, GroupsMayBeInTheShadow) {
  Page page(8);
  for (int row = 0; row < 60; ++row) {
    std::vector<float> marks(4, 0.0f);
    marks[row % 4] = row < 30 ? 0.7f : 0.4f;
    page.AddRow(marks);
    for (size_t i = page.bubbles.size() - 4; i < page.bubbles.size(); ++i) {
      page.bubbles[i].group = row < 30 ? 0 : 1;
      page.bubbles[i].column += row < 30 ? 0 : 4;
    }
  }
  const MarkLevels levels = FindLevels(page.bubbles, 2, 8);
  EXPECT_LT(levels.groups[1].threshold, levels.groups[0].threshold);
  EXPECT_LT(levels.groups[1].mark, levels.groups[0].mark);
}

TEST(MarkLevels, UnusableBubblesCountNowhere) {
  Page page(9);
  for (int row = 0; row < 20; ++row) page.AddRow({0, 0, 0.6f, 0});
  const MarkLevels reference = FindLevels(page.bubbles, 1, 4);
  for (int i = 0; i < 200; ++i) {
    Ink ink;
    ink.column = i % 4;
    ink.fill = 1;
    ink.veil = 1;
    page.bubbles.push_back(ink);
  }
  const MarkLevels levels = FindLevels(page.bubbles, 1, 4);
  EXPECT_EQ(levels.threshold, reference.threshold);
  EXPECT_EQ(levels.empty_fill, reference.empty_fill);
  EXPECT_EQ(levels.excess.back(), 0);
  // Nothing usable at all.
  for (Ink& ink : page.bubbles) ink.is_usable = false;
  EXPECT_EQ(FindLevels(page.bubbles, 1, 4).mark_fill, 0);
}

}  // namespace
}  // namespace sightline::grade
