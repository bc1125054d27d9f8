// Each decision of `auto`, on both sides of where it changes.
#include <algorithm>
#include <cmath>
#include <functional>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/preprocess/engine/pipeline/pipeline.h"
#include "services/preprocess/engine/pipeline/presets.h"
#include "tests/unit/services/preprocess/engine/pipeline/drawn_pages.h"

namespace sightline::preprocess {
namespace {

using testing::HasSubstr;

Preprocessed RunPreset(Preset preset, const GrayImage& page) {
  return Pipeline::Create(OperationsOf(preset))->Run(page).value();
}

Preprocessed RunAuto(const GrayImage& page) {
  return RunPreset(Preset::kAuto, page);
}

StageReport StageOf(const Preprocessed& result, const std::string& name) {
  for (const StageReport& stage : result.report.stages) {
    if (stage.name == name) return stage;
  }
  ADD_FAILURE() << "no stage " << name;
  return result.report.stages[0];
}

double Measured(const StageReport& stage, const std::string& name) {
  for (const Measurement& measurement : stage.measurements) {
    if (measurement.name == name) return measurement.value;
  }
  ADD_FAILURE() << stage.name << " measured no " << name;
  return 0;
}

// The stages that ran, in order.
std::string Ran(const Preprocessed& result) {
  std::string names;
  for (const StageReport& stage : result.report.stages) {
    EXPECT_FALSE(stage.reason.empty()) << stage.name;
    if (stage.has_run) names += (names.empty() ? "" : " ") + stage.name;
  }
  EXPECT_EQ(result.report.is_unchanged, names.empty());
  return names;
}

TEST(Auto, ReturnsACleanPageAsItIs) {
  Random random(1);
  const GrayImage page = TextPage(random, 250, 20);
  const Preprocessed result = RunAuto(page);
  EXPECT_EQ(Ran(result), "");
  EXPECT_EQ(Differences(page, result.page), kSame);
  EXPECT_EQ(result.report.stages.size(), 8u);
}

TEST(Auto, ReturnsAnOrdinaryScanAsItIs) {
  Random random(2);
  GrayImage page = TextPage(random, 235, 40);
  AddNoise(random, 3, page);
  AddGradient(0.96, page);
  EXPECT_EQ(Ran(RunAuto(page)), "");
}

TEST(Auto, LeavesABlankPageAlone) {
  Random random(3);
  EXPECT_EQ(Ran(RunAuto(BlankPage(255))), "");
  EXPECT_EQ(Ran(RunAuto(BlankPage(0))), "");
  GrayImage noisy = BlankPage(230);
  AddNoise(random, 5, noisy);
  const Preprocessed result = RunAuto(noisy);
  EXPECT_EQ(Ran(result), "");
  EXPECT_TRUE(StageOf(result, "deskew").is_doubtful);
  EXPECT_THAT(StageOf(result, "restore_contrast").reason, HasSubstr("blank"));
  // Light that falls off over nothing is no reason to flatten.
  AddGradient(0.6, noisy);
  EXPECT_EQ(StageOf(RunAuto(noisy), "even_light").has_run, false);
}

TEST(Auto, LeavesAPhotoAlone) {
  Random random(4);
  const GrayImage photo = PhotoPage(random);
  const Preprocessed result = RunAuto(photo);
  EXPECT_EQ(Ran(result), "");
  EXPECT_TRUE(StageOf(result, "even_light").is_doubtful);
  EXPECT_THAT(StageOf(result, "even_light").reason, HasSubstr("no dark ink"));
  EXPECT_EQ(Differences(photo, result.page), kSame);
}

TEST(CorrectPolarity, InvertsLightInkOnly) {
  Random random(5);
  const GrayImage page = TextPage(random, 250, 20);
  const Preprocessed inverted = RunAuto(Inverted(page));
  EXPECT_EQ(Ran(inverted), "correct_polarity");
  EXPECT_EQ(Differences(page, inverted.page), kSame);
  EXPECT_GT(
      Measured(StageOf(inverted, "correct_polarity"), "polarity_skewness"),
      kDoubtfulSkewness);
  EXPECT_LT(
      Measured(StageOf(RunAuto(page), "correct_polarity"), "polarity_skewness"),
      -kDoubtfulSkewness);
}

TEST(CorrectPolarity, DoesNotTakeAPageInTheShadowForADarkOne) {
  Random random(6);
  GrayImage page = TextPage(random);
  AddShadow(100, kDrawnWidth, 0.35, page);
  EXPECT_FALSE(StageOf(RunAuto(page), "correct_polarity").has_run);
}

TEST(RemoveSpecks, NeedsOnePercentOfThem) {
  for (const auto& [share, expected] :
       {std::pair{0.026, true}, {0.015, false}}) {
    Random random(7);
    GrayImage page = TextPage(random);
    // Half of them: white ones are none on paper.
    AddSpecks(random, share, page);
    const Preprocessed result = RunAuto(page);
    const StageReport stage = StageOf(result, "remove_specks");
    EXPECT_EQ(stage.has_run, expected) << stage.reason;
    EXPECT_FALSE(StageOf(result, "denoise").has_run);
  }
}

TEST(RemoveSpecks, DoesNotTakeSmallCrispTextForSpecks) {
  Random random(17);
  // Black and white, and every second pixel of a letter stands alone.
  GrayImage page = BlankPage(255);
  for (int line = 60; line < kDrawnHeight - 60; line += 14) {
    for (int x = 60; x < kDrawnWidth - 60; x += 8) {
      for (int dot = 0; dot < 4; ++dot) {
        FillBox(page, x + 2 * (dot % 2), line + 2 * (dot / 2), 1, 1, 0);
      }
      FillBox(page, x, line + 6, 5, 1, 0);
    }
  }
  const Preprocessed result = RunAuto(page);
  const StageReport stage = StageOf(result, "remove_specks");
  EXPECT_GT(Measured(stage, "speck_share"), 0.01);
  EXPECT_FALSE(stage.has_run) << stage.reason;
  EXPECT_THAT(stage.reason, HasSubstr("crisp strokes"));
  AddSpecks(random, 0.06, page);
  EXPECT_TRUE(StageOf(RunAuto(page), "remove_specks").has_run);
}

TEST(CropBorder, CutsBlackSidesAndKeepsShadows) {
  Random random(8);
  const GrayImage page = TextPage(random);
  GrayImage bordered = page.Clone();
  FillBox(bordered, 0, 0, 30, kDrawnHeight, 10);
  FillBox(bordered, 0, kDrawnHeight - 20, kDrawnWidth, 20, 10);
  const Preprocessed result = RunAuto(bordered);
  EXPECT_EQ(result.page.width(), kDrawnWidth - 30);
  EXPECT_EQ(result.page.height(), kDrawnHeight - 20);
  EXPECT_EQ(result.report.output_to_input.Map({0, 0}), (PixelPoint{30, 0}));

  // As dark beside the page, but with grays of a shadow on paper.
  GrayImage shadowed = page.Clone();
  FillBox(shadowed, 0, 0, 30, kDrawnHeight, 70);
  const StageReport stage = StageOf(RunAuto(shadowed), "crop_border");
  EXPECT_FALSE(stage.has_run);
  EXPECT_FALSE(StageOf(RunAuto(page), "crop_border").has_run);
}

TEST(Deskew, TurnsTiltedLinesAndNothingBelowItsThreshold) {
  for (const double degrees : {-4.0, -1.0, 0.3, 2.0, 5.0}) {
    Random random(9);
    const GrayImage page = TextPage(random);
    const Preprocessed result = RunAuto(Tilted(page, degrees));
    const StageReport stage = StageOf(result, "deskew");
    EXPECT_TRUE(stage.has_run) << degrees << ": " << stage.reason;
    EXPECT_NEAR(Measured(stage, "skew_degrees"), degrees, 0.15);
    EXPECT_GE(result.page.width(), page.width());
    const Preprocessed again = RunAuto(result.page);
    EXPECT_FALSE(StageOf(again, "deskew").has_run) << degrees;
  }
  Random random(9);
  const Preprocessed straight = RunAuto(Tilted(TextPage(random), 0.1));
  EXPECT_FALSE(StageOf(straight, "deskew").has_run);
  EXPECT_FALSE(StageOf(straight, "deskew").is_doubtful);
}

TEST(Deskew, LeavesAloneWhatIsTiltedBeyondItsRange) {
  Random random(10);
  const Preprocessed result = RunAuto(Tilted(TextPage(random), 10));
  EXPECT_FALSE(StageOf(result, "deskew").has_run);
  EXPECT_TRUE(StageOf(result, "deskew").is_doubtful);
}

TEST(Denoise, StartsAtASigmaOfEight) {
  for (const auto& [sigma, expected] : {std::pair{7.0, false}, {9.5, true}}) {
    Random random(11);
    GrayImage page = TextPage(random, 200, 40);
    AddNoise(random, sigma, page);
    const Preprocessed result = RunAuto(page);
    const StageReport stage = StageOf(result, "denoise");
    EXPECT_EQ(stage.has_run, expected) << stage.reason;
    // Texture counts, a little.
    EXPECT_NEAR(Measured(stage, "noise_sigma"), sigma, 0.15 * sigma);
    if (!expected) continue;
    EXPECT_LT(EstimateNoise(result.page).value(), EstimateNoise(page).value());
  }
}

// Share of pixels that a threshold in the middle takes for what they are not.
double MistakenShare(const GrayImage& truth, const GrayImage& page) {
  double sums[2] = {};
  int64_t counts[2] = {};
  const auto is_paper = [&](int64_t i) { return truth.data()[i] > 128; };
  for (int64_t i = 0; i < page.size_bytes(); ++i) {
    sums[is_paper(i)] += page.data()[i];
    ++counts[is_paper(i)];
  }
  const double middle = (sums[0] / static_cast<double>(counts[0]) +
                         sums[1] / static_cast<double>(counts[1])) /
                        2;
  int64_t mistaken = 0;
  for (int64_t i = 0; i < page.size_bytes(); ++i) {
    mistaken += (page.data()[i] > middle) != is_paper(i) ? 1 : 0;
  }
  return static_cast<double>(mistaken) / static_cast<double>(page.size_bytes());
}

TEST(Denoise, LeavesThinStrokesUnderHeavyNoise) {
  Random random(21);
  const GrayImage truth = TextPage(random, 200, 60);
  GrayImage page = truth.Clone();
  AddNoise(random, 50, page);
  const Preprocessed result = RunAuto(page);
  ASSERT_TRUE(StageOf(result, "denoise").has_run);
  const double left = MistakenShare(truth, result.page);
  EXPECT_LT(left, 0.3 * MistakenShare(truth, page));
  EXPECT_LT(left, 0.025);
}

TEST(EvenLight, FlattensShadowsAndGradients) {
  const std::function<void(GrayImage&)> kSpoil[] = {
      [](GrayImage& page) { AddGradient(0.5, page); },
      [](GrayImage& page) { AddGradient(0.84, page); },
      [](GrayImage& page) { AddShadow(200, 560, 0.4, page); },
  };
  for (const auto& spoil : kSpoil) {
    Random random(12);
    GrayImage page = TextPage(random);
    spoil(page);
    AddNoise(random, 3, page);
    const Preprocessed result = RunAuto(page);
    EXPECT_TRUE(StageOf(result, "even_light").has_run)
        << StageOf(result, "even_light").reason;
    EXPECT_LT(Measured(StageOf(RunAuto(result.page), "even_light"),
                       "light_unevenness"),
              0.05);
    // Gray, not black and white: what the light left is still there.
    int64_t between = 0;
    for (int64_t i = 0; i < result.page.size_bytes(); ++i) {
      const int gray = result.page.data()[i];
      between += gray > 0 && gray < 255 ? 1 : 0;
    }
    EXPECT_GT(between, result.page.size_bytes() / 20);
  }
}

TEST(EvenLight, LeavesEvenLightAndDarkFiguresAlone) {
  Random random(13);
  GrayImage page = TextPage(random, 235, 40);
  AddNoise(random, 5, page);
  const Preprocessed even = RunAuto(page);
  EXPECT_FALSE(StageOf(even, "even_light").has_run);
  EXPECT_LE(Measured(StageOf(even, "even_light"), "light_unevenness"), 0.03);
  AddGradient(0.93, page);
  EXPECT_FALSE(StageOf(RunAuto(page), "even_light").has_run);
  // A black figure is not bad light: flattened, it would be hollow.
  GrayImage figure = TextPage(random, 235, 40);
  FillBox(figure, 300, 200, 200, 120, 20);
  const Preprocessed kept = RunAuto(figure);
  EXPECT_FALSE(StageOf(kept, "even_light").has_run);
  EXPECT_EQ(kept.page.row(260)[400], 20);
}

TEST(RestoreContrast, StretchesFaintInk) {
  for (const auto& [ink, expected] :
       {std::pair{62, false}, {78, true}, {205, true}}) {
    Random random(14);
    GrayImage page = TextPage(random, 230, static_cast<uint8_t>(ink));
    AddNoise(random, 1, page);
    const Preprocessed result = RunAuto(page);
    EXPECT_EQ(Ran(result), expected ? "restore_contrast" : "") << ink;
    if (!expected) continue;
    // By itself: what was faint noise has become strong enough to be removed.
    const auto again = Pipeline::Create({RestoreContrast()})->Run(result.page);
    EXPECT_GE(Measured(StageOf(*again, "restore_contrast"), "ink_contrast"),
              250);
  }
}

// TextPage() at a fraction of its size, which is that of the letters: 16.
GrayImage Smaller(const GrayImage& page, double factor) {
  return Pipeline::Create({Resample{.factor = factor}})->Run(page).value().page;
}

TEST(EnlargeSmallText, MakesSmallLettersLegible) {
  for (const auto& [factor, expected] :
       {std::pair{1.0, false}, {0.8, false}, {0.5, true}, {0.4, true}}) {
    Random random(18);
    const GrayImage page = Smaller(TextPage(random, 250, 20), factor);
    const Preprocessed result = RunAuto(page);
    const StageReport stage = StageOf(result, "enlarge_small_text");
    EXPECT_NEAR(Measured(stage, "text_height"), 16 * factor, 1.01) << factor;
    EXPECT_EQ(stage.has_run, expected) << stage.reason;
    if (!expected) continue;
    const double enlarged = Measured(stage, "factor");
    EXPECT_NEAR(result.page.width(), enlarged * page.width(), 0.51);
    EXPECT_NEAR(result.page.height(), enlarged * page.height(), 0.51);
    const PixelPoint corner = result.report.output_to_input.Map(
        {static_cast<double>(result.page.width()),
         static_cast<double>(result.page.height())});
    EXPECT_NEAR(corner.x, page.width(), 1e-9);
    EXPECT_NEAR(corner.y, page.height(), 1e-9);
    const Preprocessed again = RunAuto(result.page);
    EXPECT_FALSE(StageOf(again, "enlarge_small_text").has_run);
  }
}

TEST(EnlargeSmallText, IsNotForBlurredLettersOfOrdinarySize) {
  Random random(19);
  const GrayImage page = TextPage(random, 250, 20);
  for (const double sigma : {1.0, 2.0, 3.0}) {
    const auto blurring = Pipeline::Create(
        {GaussianOptions{.size_x = 0, .size_y = 0, .sigma_x = sigma}});
    const StageReport stage =
        StageOf(RunAuto(blurring->Run(page)->page), "enlarge_small_text");
    EXPECT_FALSE(stage.has_run) << sigma << ": " << stage.reason;
    EXPECT_FALSE(stage.is_doubtful) << sigma << ": " << stage.reason;
  }
}

TEST(EnlargeSmallText, KeepsThePageWithinItsLongestSide) {
  Random random(20);
  const GrayImage page = Smaller(TextPage(random, 250, 20), 0.5);
  ASSERT_EQ(page.width(), kDrawnWidth / 2);
  const auto run = [&](int greatest_side) {
    return Pipeline::Create({EnlargeSmallText{.greatest_side = greatest_side}})
        ->Run(page)
        .value();
  };
  EXPECT_EQ(run(600).page.width(), 600);
  EXPECT_EQ(run(600).page.height(), 420);
  const Preprocessed full = run(430);
  EXPECT_EQ(Ran(full), "");
  EXPECT_TRUE(full.report.stages[0].is_doubtful);
  EXPECT_THAT(full.report.stages[0].reason, HasSubstr("430 pixels"));
}

TEST(Presets, DocumentAndDrawingMakeALevelFlatGrayPage) {
  for (const Preset preset : {Preset::kDocument, Preset::kDrawing}) {
    Random random(15);
    GrayImage page = Tilted(TextPage(random), 2);
    AddShadow(200, 560, 0.4, page);
    const Preprocessed result = RunPreset(preset, Inverted(page));
    EXPECT_EQ(StageOf(result, "correct_polarity").has_run, true);
    EXPECT_EQ(StageOf(result, "deskew").has_run, true);
    EXPECT_EQ(StageOf(result, "flatten").has_run, true);
    EXPECT_EQ(StageOf(result, "stretch").has_run, true);
    const Preprocessed after = RunAuto(result.page);
    EXPECT_EQ(Ran(after), "") << NameOf(preset);
  }
}

TEST(Presets, SeedCompatIsBlackAndWhite) {
  Random random(16);
  const Preprocessed result = RunPreset(Preset::kSeedCompat, TextPage(random));
  EXPECT_TRUE(std::all_of(
      result.page.data(), result.page.data() + result.page.size_bytes(),
      [](uint8_t gray) { return gray == 0 || gray == 255; }));
}

}  // namespace
}  // namespace sightline::preprocess
