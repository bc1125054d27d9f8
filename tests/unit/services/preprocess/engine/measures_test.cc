// What the engine finds out about a page, and the cleaning that follows.
#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <numbers>

#include "gtest/gtest.h"
#include "services/preprocess/engine/affine_warp.h"
#include "services/preprocess/engine/despeckle.h"
#include "services/preprocess/engine/line_removal.h"
#include "services/preprocess/engine/noise.h"
#include "services/preprocess/engine/page_border.h"
#include "services/preprocess/engine/point_rows.h"
#include "services/preprocess/engine/polarity.h"
#include "services/preprocess/engine/skew.h"
#include "tests/unit/services/preprocess/engine/test_pages.h"

namespace sightline::preprocess {
namespace {

constexpr int kWidth = 900;
constexpr int kHeight = 700;

GrayImage Paper(uint8_t gray) {
  GrayImage page(kWidth, kHeight);
  std::fill_n(page.data(), page.size_bytes(), gray);
  return page;
}

void Fill(GrayImage& page, int left, int top, int width, int height,
          uint8_t gray) {
  for (int y = std::max(top, 0); y < std::min(top + height, page.height());
       ++y) {
    for (int x = std::max(left, 0); x < std::min(left + width, page.width());
         ++x) {
      page.row(y)[x] = gray;
    }
  }
}

// Lines of words of random letters: strokes of two to three pixels.
GrayImage TextPage(Random& random, uint8_t paper = 225, uint8_t ink = 40) {
  GrayImage page = Paper(paper);
  for (int line = 60; line < kHeight - 60; line += 34) {
    for (int x = 60; x < kWidth - 70; x += 12) {
      if (Between(random, 0, 5) == 0) continue;
      Fill(page, x, line, 3, 16, ink);
      if (Between(random, 0, 1) == 0) Fill(page, x, line, 8, 2, ink);
      if (Between(random, 0, 1) == 0) Fill(page, x, line + 7, 8, 2, ink);
      if (Between(random, 0, 1) == 0) Fill(page, x, line + 14, 8, 2, ink);
      if (Between(random, 0, 1) == 0) Fill(page, x + 6, line, 3, 16, ink);
    }
  }
  return page;
}

void AddNoise(Random& random, double sigma, GrayImage& page) {
  std::normal_distribution<double> noise(0, sigma);
  for (int64_t i = 0; i < page.size_bytes(); ++i) {
    page.data()[i] = static_cast<uint8_t>(
        std::clamp(std::lrint(page.data()[i] + noise(random)), 0l, 255l));
  }
}

GrayImage Turned(const GrayImage& page, double degrees) {
  GrayImage turned;
  EXPECT_TRUE(
      AffineWarp::Create(RotationMap(page.width(), page.height(), degrees),
                         page.width(), page.height())
          ->Run(page, turned)
          .ok());
  return turned;
}

TEST(Noise, IsMeasuredOnPaper) {
  Random random(1);
  for (const double sigma : {0.0, 2.0, 5.0, 10.0, 20.0}) {
    GrayImage page = Paper(128);
    AddNoise(random, sigma, page);
    for (const InstructionSet instructions : SupportedInstructionSets()) {
      const absl::StatusOr<double> found =
          EstimateNoise(page, {.threads = 2, .instructions = instructions});
      ASSERT_TRUE(found.ok());
      EXPECT_NEAR(*found, sigma, 0.05 * sigma + 0.3);
      EXPECT_EQ(*found, *EstimateNoise(page));
    }
  }
  EXPECT_EQ(*EstimateNoise(GrayView(Paper(3)).Part(0, 0, 2, 50)), 0);
}

TEST(PolarityTest, TellsLightInkFromDarkAlsoInTheShadow) {
  Random random(2);
  for (const double light : {1.0, 0.6, 0.3}) {
    GrayImage page = TextPage(random);
    AddNoise(random, 4, page);
    // A shadow over most of the page.
    for (int y = 0; y < kHeight; ++y) {
      for (int x = 0; x < kWidth * 3 / 4; ++x) {
        page.row(y)[x] = static_cast<uint8_t>(page.row(y)[x] * light);
      }
    }
    const absl::StatusOr<Polarity> dark = EstimatePolarity(page);
    ASSERT_TRUE(dark.ok());
    EXPECT_FALSE(dark->is_doubtful) << light;
    EXPECT_FALSE(dark->is_light_on_dark) << light << " " << dark->skewness;
    GrayImage inverse;
    ASSERT_TRUE(ApplyTable(page, Inverse(), inverse).ok());
    const absl::StatusOr<Polarity> inverted = EstimatePolarity(inverse);
    EXPECT_TRUE(inverted->is_light_on_dark) << light << inverted->skewness;
    EXPECT_NEAR(inverted->skewness, -dark->skewness, 0.02);
    for (const InstructionSet instructions : SupportedInstructionSets()) {
      EXPECT_EQ(
          EstimatePolarity(page, {.threads = 3, .instructions = instructions})
              ->skewness,
          dark->skewness);
    }
  }
}

TEST(PolarityTest, ABlankOrNoisyPageIsDoubtful) {
  Random random(3);
  GrayImage page = Paper(200);
  EXPECT_TRUE(EstimatePolarity(page)->is_doubtful);
  AddNoise(random, 12, page);
  const absl::StatusOr<Polarity> polarity = EstimatePolarity(page);
  EXPECT_TRUE(polarity->is_doubtful) << polarity->skewness;
  EXPECT_FALSE(polarity->is_light_on_dark);
  // Clipped at one end only.
  for (const uint8_t paper : {25, 230}) {
    GrayImage clipped = Paper(paper);
    AddNoise(random, 45, clipped);
    EXPECT_TRUE(EstimatePolarity(clipped)->is_doubtful);
  }
}

TEST(DespeckleTest, FindsAndRemovesSaltAndPepper) {
  Random random(4);
  const GrayImage clean = TextPage(random);
  GrayImage page = clean.Clone();
  for (int64_t i = 0; i < page.size_bytes(); ++i) {
    const int dice = Between(random, 0, 99);
    if (dice < 4) page.data()[i] = dice < 2 ? 0 : 255;
  }
  const absl::StatusOr<Despeckle> despeckle = Despeckle::Create({});
  ASSERT_TRUE(despeckle.ok());
  const absl::StatusOr<Speckles> found = despeckle->Estimate(page);
  ASSERT_TRUE(found.ok());
  EXPECT_TRUE(found->is_speckled) << found->share << " " << found->residual;
  EXPECT_FALSE(despeckle->Estimate(clean)->is_speckled);
  GrayImage out;
  ASSERT_TRUE(despeckle->Run(page, out).ok());
  const auto wrong = [&](const GrayImage& image) {
    int64_t count = 0;
    for (int64_t i = 0; i < image.size_bytes(); ++i) {
      count += std::abs(image.data()[i] - clean.data()[i]) > 60;
    }
    return count;
  };
  EXPECT_LT(wrong(out) * 6, wrong(page));
  EXPECT_EQ(DifferencesOfAll(out,
                             [&](const Execution& execution, GrayImage& same) {
                               return despeckle->Run(page, same, execution);
                             }),
            kSame);
}

TEST(DespeckleTest, ClippedNoiseIsNotTakenForSpecks) {
  Random random(5);
  GrayImage page = TextPage(random, 240, 20);
  AddNoise(random, 50, page);
  const absl::StatusOr<Speckles> found = Despeckle::Create({})->Estimate(page);
  ASSERT_TRUE(found.ok());
  EXPECT_FALSE(found->is_speckled) << found->share << " " << found->residual;
}

TEST(SkewTest, IsFoundToATenthOfADegreeAndUndone) {
  Random random(6);
  const GrayImage straight = TextPage(random);
  for (const double degrees : {-5.0, -1.3, 0.0, 0.4, 2.0, 4.6}) {
    // Downhill is clockwise.
    GrayImage page = Turned(straight, -degrees);
    AddNoise(random, 5, page);
    const absl::StatusOr<Skew> skew = EstimateSkew(page);
    ASSERT_TRUE(skew.ok());
    EXPECT_FALSE(skew->is_doubtful) << degrees << " " << skew->sharpness;
    EXPECT_NEAR(skew->degrees, degrees, 0.11);
    const absl::StatusOr<Skew> after =
        EstimateSkew(Turned(page, skew->degrees));
    EXPECT_NEAR(after->degrees, 0, 0.11) << degrees;
    EXPECT_EQ(EstimateSkew(page, {}, {.threads = 3})->degrees, skew->degrees);
  }
}

TEST(SkewTest, PagesWithoutLinesAreDoubtful) {
  Random random(7);
  GrayImage blank = Paper(230);
  EXPECT_TRUE(EstimateSkew(blank)->is_doubtful);
  AddNoise(random, 20, blank);
  const absl::StatusOr<Skew> noisy = EstimateSkew(blank);
  EXPECT_TRUE(noisy->is_doubtful) << noisy->sharpness;
  EXPECT_EQ(noisy->degrees, 0);
  // Turned further than is looked for.
  const absl::StatusOr<Skew> far = EstimateSkew(Turned(TextPage(random), 11));
  EXPECT_TRUE(far->is_doubtful) << far->degrees << " " << far->sharpness;
  EXPECT_TRUE(EstimateSkew(GrayView(blank).Part(0, 0, 60, 600))->is_doubtful);
}

TEST(PageBorderTest, DarkEdgesAreFoundAndCropped) {
  Random random(8);
  GrayImage page = TextPage(random);
  Fill(page, 0, 0, 33, kHeight, 12);
  Fill(page, 0, 0, kWidth, 21, 25);
  Fill(page, 12, 0, 1, kHeight, 220);  // A light streak within the border.
  const absl::StatusOr<PageBorder> border = FindPageBorder(page);
  ASSERT_TRUE(border.ok());
  EXPECT_EQ(border->left, 33);
  EXPECT_EQ(border->top, 21);
  EXPECT_EQ(border->right, kWidth);
  EXPECT_EQ(border->bottom, kHeight);
  EXPECT_FALSE(border->is_doubtful);
  GrayImage out;
  ASSERT_TRUE(CropPage(page, *border, out).ok());
  EXPECT_EQ(out.width(), kWidth - 33);
  EXPECT_EQ(out.row(0)[0], page.row(21)[33]);
  EXPECT_EQ(out.row(out.height() - 1)[out.width() - 1],
            page.row(kHeight - 1)[kWidth - 1]);
}

TEST(PageBorderTest, WhatCouldBeAPictureStays) {
  Random random(9);
  GrayImage page = TextPage(random);
  EXPECT_EQ(FindPageBorder(page)->right, kWidth);
  EXPECT_FALSE(FindPageBorder(page)->is_doubtful);
  Fill(page, 0, 0, kWidth / 3, kHeight, 12);
  const absl::StatusOr<PageBorder> border = FindPageBorder(page);
  EXPECT_EQ(border->left, 0);
  EXPECT_TRUE(border->is_doubtful);
  EXPECT_EQ(FindPageBorder(Paper(0))->bottom, kHeight);
}

TEST(LineRemovalTest, LinesGoAndLettersStay) {
  Random random(10);
  const GrayImage text = TextPage(random);
  GrayImage page = text.Clone();
  // Between the lines of text, and across all of them.
  Fill(page, 40, 83, 800, 3, 30);
  Fill(page, 40, 117, 800, 3, 30);
  Fill(page, 52, 30, 4, 640, 30);
  const absl::StatusOr<LineRemoval> removal = LineRemoval::Create({});
  ASSERT_TRUE(removal.ok());
  GrayImage out;
  ASSERT_TRUE(removal->Run(page, out).ok());
  EXPECT_EQ(Differences(text, out), kSame);
  EXPECT_EQ(DifferencesOfAll(out,
                             [&](const Execution& execution, GrayImage& same) {
                               return removal->Run(page, same, execution);
                             }),
            kSame);
  // One direction only.
  ASSERT_TRUE(LineRemoval::Create({.vertical = false})->Run(page, out).ok());
  EXPECT_EQ(out.row(84)[400], 225);
  EXPECT_EQ(out.row(100)[54], 30);
}

TEST(LineRemovalTest, AStrokeThatCrossesALineStays) {
  GrayImage page = Paper(230);
  Fill(page, 100, 300, 400, 3, 20);
  Fill(page, 200, 280, 4, 44, 20);
  GrayImage out;
  ASSERT_TRUE(LineRemoval::Create({})->Run(page, out).ok());
  EXPECT_EQ(out.row(301)[150], 230);
  for (int y = 280; y < 324; ++y) EXPECT_EQ(out.row(y)[202], 20) << y;
}

}  // namespace
}  // namespace sightline::preprocess
