// Lists of operations: validated as a whole, planned, run and reported.
#include "services/preprocess/engine/pipeline/pipeline.h"

#include <algorithm>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "common/status/error.h"
#include "common/stop/stop_token.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/preprocess/engine/pipeline/presets.h"
#include "services/preprocess/engine/pipeline/stage.h"
#include "services/preprocess/engine/reasons.h"
#include "tests/unit/services/preprocess/engine/pipeline/drawn_pages.h"

namespace sightline::preprocess {
namespace {

using testing::ElementsAre;

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

std::vector<std::string> WrongFields(std::vector<Operation> operations) {
  const auto pipeline = Pipeline::Create(std::move(operations));
  std::vector<std::string> fields;
  if (pipeline.ok()) return fields;
  const auto details = DetailsOf(pipeline.status());
  if (!details) return {"a foreign error"};
  EXPECT_EQ(details->reason, kParameterInvalid);
  for (const FieldViolation& violation : details->fields) {
    // What is right, too: a range or a rule.
    EXPECT_THAT(violation.description, testing::HasSubstr("must"));
    fields.push_back(violation.field);
  }
  return fields;
}

// Each operation as a pipeline of its own, so that nothing is fused.
GrayImage OneByOne(const std::vector<Operation>& operations,
                   const RgbView& page) {
  GrayImage current;
  EXPECT_TRUE(ConvertToGray(page, current).ok());
  for (const Operation& operation : operations) {
    GrayImage next;
    StageReport report;
    EXPECT_TRUE(
        MakeStage(operation).value()->Run(current, next, {}, report).ok());
    if (!next.empty()) current = std::move(next);
  }
  return current;
}

TEST(Validation, NamesEveryWrongFieldOfTheList) {
  EXPECT_THAT(WrongFields({ClaheOptions{.clip_limit = kNaN}, MedianOptions(),
                           AdaptiveMeanOptions{.size = 4, .offset = 300},
                           AdaptiveGaussianOptions{.threshold = {.size = 1}},
                           FlattenOptions{.closing_size = 2}}),
              ElementsAre("operations[0].clip_limit", "operations[2].size",
                          "operations[2].offset", "operations[3].size",
                          "operations[4].closing_size"));
}

TEST(Validation, CoversOperationsThatLookFirst) {
  EXPECT_THAT(
      WrongFields({Deskew{.skew = {.max_degrees = 90}, .least_degrees = -1},
                   Denoise{.least_sigma = kNaN},
                   EvenLight{.flatten = {.sigma = 0}},
                   EvenLight{.least_unevenness = 2},
                   RestoreContrast{.sufficient_contrast = 256},
                   RemoveSpecks{.despeckle = {.contrast = 0}},
                   CropBorder{.border = {.dark_share = 0}, .greatest_gray = -1},
                   Rotate{.degrees = 181}, Resample{.factor = 0},
                   EnlargeSmallText{.sufficient_height = 3,
                                    .target_height = 200,
                                    .greatest_factor = kNaN,
                                    .greatest_side = 20000},
                   EnlargeSmallText{.target_height = 5}}),
      ElementsAre(
          "operations[0].max_degrees", "operations[0].least_degrees",
          "operations[1].least_sigma", "operations[2].flatten.sigma",
          "operations[3].least_unevenness", "operations[4].sufficient_contrast",
          "operations[5].despeckle.contrast", "operations[6].dark_share",
          "operations[6].greatest_gray", "operations[7].degrees",
          "operations[8].factor", "operations[9].sufficient_height",
          "operations[9].target_height", "operations[9].greatest_factor",
          "operations[9].greatest_side", "operations[10].target_height"));
}

TEST(Validation, LimitsTheLengthOfTheList) {
  const std::vector<Operation> most(kMaxOperations, Invert());
  EXPECT_TRUE(Pipeline::Create(most).ok());
  const auto more =
      Pipeline::Create(std::vector<Operation>(kMaxOperations + 1, Invert()));
  EXPECT_EQ(more.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(DetailsOf(more.status())->fields[0].field, "operations");
}

TEST(Planner, FusesNeighboursInTheOrderOfTheChain) {
  const auto names = [](std::vector<Operation> operations) {
    return Pipeline::Create(std::move(operations))->StageNames();
  };
  EXPECT_THAT(names(OperationsOf(Preset::kSeedCompat)),
              ElementsAre("clahe+gaussian+adaptive_mean"));
  EXPECT_THAT(names({AdaptiveMeanOptions(), GaussianOptions(), ClaheOptions()}),
              ElementsAre("adaptive_mean", "gaussian", "clahe"));
  EXPECT_THAT(
      names({ClaheOptions(), GaussianOptions(), GaussianOptions(),
             AdaptiveMeanOptions(), AdaptiveMeanOptions()}),
      ElementsAre("clahe+gaussian", "gaussian+adaptive_mean", "adaptive_mean"));
  EXPECT_THAT(names({ClaheOptions(), MedianOptions(), AdaptiveMeanOptions()}),
              ElementsAre("clahe", "median", "adaptive_mean"));
}

TEST(Planner, GivesTheBitsOfTheOperationsOneByOne) {
  Random random(5);
  int fused = 0;
  for (int i = 0; i < 40 * CaseFactor(); ++i) {
    std::vector<Operation> operations;
    for (int n = Between(random, 1, 5); n > 0; --n) {
      switch (Between(random, 0, 5)) {
        case 0:
          operations.push_back(
              ClaheOptions{.clip_limit = Between(random, 0, 80) / 10.0,
                           .tiles_x = Between(random, 1, 9)});
          break;
        case 1:
        case 2:
          operations.push_back(
              GaussianOptions{.size_x = 2 * Between(random, 0, 4) + 1,
                              .size_y = 2 * Between(random, 0, 4) + 1});
          break;
        case 3:
          operations.push_back(
              AdaptiveMeanOptions{.size = 2 * Between(random, 1, 8) + 1,
                                  .offset = Between(random, -9, 9) / 2.0});
          break;
        case 4:
          operations.push_back(Invert());
          break;
        default:
          operations.push_back(MedianOptions());
      }
    }
    const auto pipeline = Pipeline::Create(operations);
    ASSERT_TRUE(pipeline.ok());
    if (pipeline->StageNames().size() < operations.size()) ++fused;
    const RgbImage page = RandomColourPage(random, Between(random, 1, 200),
                                           Between(random, 1, 120));
    const GrayImage expected = OneByOne(operations, page);
    EXPECT_EQ(DifferencesOfAll(expected,
                               [&](const Execution& execution, GrayImage& out) {
                                 auto result = pipeline->Run(page, execution);
                                 if (!result.ok()) return result.status();
                                 out = std::move(result->page);
                                 return absl::OkStatus();
                               }),
              kSame);
    GrayImage gray;
    ASSERT_TRUE(ConvertToGray(page, gray).ok());
    EXPECT_EQ(Differences(expected, pipeline->Run(gray)->page), kSame);
  }
  EXPECT_GT(fused, 10);
}

TEST(Pipeline, OfNothingTurnsPagesToGray) {
  Random random(6);
  const auto pipeline = Pipeline::Create({});
  const RgbImage page = RandomColourPage(random, 70, 50);
  GrayImage gray;
  ASSERT_TRUE(ConvertToGray(page, gray).ok());
  const auto result = pipeline->Run(page);
  EXPECT_EQ(Differences(gray, result->page), kSame);
  EXPECT_TRUE(result->report.is_unchanged);
  ASSERT_EQ(result->report.stages.size(), 1u);
  EXPECT_EQ(result->report.stages[0].name, "gray");
  EXPECT_EQ(Differences(gray, pipeline->Run(gray)->page), kSame);
  EXPECT_TRUE(pipeline->Run(gray)->report.stages.empty());
}

TEST(Pipeline, RunsEveryOperation) {
  Random random(7);
  const GrayImage page = TextPage(random);
  const std::vector<Operation> all = {ClaheOptions(),
                                      GaussianOptions(),
                                      AdaptiveMeanOptions(),
                                      AdaptiveGaussianOptions(),
                                      LocalThresholdOptions(),
                                      OtsuOptions(),
                                      MorphologyOptions(),
                                      MedianOptions(),
                                      BilateralOptions(),
                                      NonLocalMeansOptions{.search_size = 3},
                                      UnsharpMaskOptions(),
                                      LaplacianSharpenOptions(),
                                      FlattenOptions(),
                                      StretchOptions(),
                                      DespeckleOptions(),
                                      LineRemovalOptions(),
                                      Invert(),
                                      Rotate{.degrees = 2},
                                      Resample{.factor = 0.5},
                                      CorrectPolarity(),
                                      RemoveSpecks(),
                                      CropBorder(),
                                      Deskew(),
                                      Denoise(),
                                      EvenLight(),
                                      RestoreContrast(),
                                      EnlargeSmallText()};
  ASSERT_EQ(all.size(), std::variant_size_v<Operation>);
  for (size_t i = 0; i < all.size(); ++i) {
    // The names stand in the order of the variant.
    ASSERT_EQ(all[i].index(), i);
    const auto result = Pipeline::Create({all[i]})->Run(page);
    ASSERT_TRUE(result.ok()) << NameOf(all[i]) << result.status();
    ASSERT_EQ(result->report.stages.size(), 1u);
    const StageReport& stage = result->report.stages[0];
    EXPECT_EQ(stage.name, NameOf(all[i]));
    EXPECT_EQ(stage.operation_count, 1);
    EXPECT_FALSE(stage.reason.empty());
    EXPECT_GE(stage.elapsed, absl::ZeroDuration());
    EXPECT_EQ(result->report.is_unchanged, !stage.has_run);
  }
}

TEST(Pipeline, StopsBetweenStages) {
  Random random(8);
  const GrayImage page = TextPage(random);
  StopSource source;
  source.Stop(absl::CancelledError("nobody waits"));
  for (const Preset preset : AllPresets()) {
    const auto result = Pipeline::Create(OperationsOf(preset))
                            ->Run(page, {.stop = source.token()});
    EXPECT_EQ(result.status().code(), absl::StatusCode::kCancelled);
  }
}

GrayImage PageOf(int width, int height) {
  GrayImage page(width, height);
  std::fill_n(page.data(), page.size_bytes(), 255);
  return page;
}

TEST(Pipeline, RefusesPagesThatAreTooLargeOrWouldBecomeSo) {
  const auto enlarging = Pipeline::Create({Resample{.factor = 8}});
  const GrayImage strip = PageOf(60000, 1);
  for (const absl::Status& status : {enlarging->Run(strip).status(),
                                     enlarging->WorkingBytes(60000, 1).status(),
                                     enlarging->WorkingBytes(0, 5).status(),
                                     enlarging->Run(GrayView()).status()}) {
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
    EXPECT_EQ(DetailsOf(status)->reason, kImageInvalid);
  }
  // But a list that makes it small first is taken.
  const auto shrinking =
      Pipeline::Create({Resample{.factor = 0.1}, Resample{.factor = 8}});
  EXPECT_EQ(shrinking->Run(strip)->page.width(), 48000);
  // A preset takes what operations take, however long.
  for (const Preset preset : AllPresets()) {
    for (const auto& [width, height] :
         {std::pair{1, 1}, {1, 900}, {900, 1}, {3, 3}, {kMaxSide, 2}}) {
      const GrayImage white = PageOf(width, height);
      const auto result = Pipeline::Create(OperationsOf(preset))->Run(white);
      EXPECT_TRUE(result.ok())
          << NameOf(preset) << width << "x" << height << result.status();
    }
  }
}

TEST(Presets, HaveNames) {
  for (const Preset preset : AllPresets()) {
    EXPECT_EQ(PresetOfName(NameOf(preset)), preset);
    EXPECT_TRUE(Pipeline::Create(OperationsOf(preset)).ok());
  }
  EXPECT_EQ(PresetOfName("Auto"), std::nullopt);
}

}  // namespace
}  // namespace sightline::preprocess
