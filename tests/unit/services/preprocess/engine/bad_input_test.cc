// Absurd parameters, images and machines: a clear error or a stated meaning.
#include <algorithm>
#include <cmath>
#include <limits>
#include <new>
#include <string>
#include <vector>

#include "common/status/error.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/preprocess/engine/engine.h"
#include "services/preprocess/engine/reasons.h"
#include "tests/unit/services/preprocess/engine/test_pages.h"

namespace sightline::preprocess {
namespace {

using testing::ElementsAre;

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();

std::string ReasonOf(const absl::Status& status) {
  const auto details = DetailsOf(status);
  return details ? details->reason : "";
}

// The fields that are wrong.
template <typename Result>
std::vector<std::string> Fields(const Result& result) {
  std::vector<std::string> fields;
  if (result.ok()) return fields;
  EXPECT_EQ(result.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(ReasonOf(result.status()), kParameterInvalid);
  const auto details = DetailsOf(result.status());
  for (const FieldViolation& violation : details->fields) {
    EXPECT_FALSE(violation.description.empty());
    fields.push_back(violation.field);
  }
  return fields;
}

TEST(BadParameters, EveryWrongFieldIsNamed) {
  EXPECT_THAT(
      Fields(Clahe::Create({.clip_limit = kNaN, .tiles_x = 0, .tiles_y = 65})),
      ElementsAre("clip_limit", "tiles_x", "tiles_y"));
  EXPECT_THAT(Fields(Gaussian::Create({.size_x = 4, .size_y = 257})),
              ElementsAre("size_x", "size_y"));
  EXPECT_THAT(Fields(Gaussian::Create(
                  {.size_x = 0, .size_y = 0, .sigma_x = 0, .sigma_y = 0})),
              ElementsAre("sigma_x", "sigma_y"));
  EXPECT_THAT(Fields(Gaussian::Create({.sigma_x = kInfinity})),
              ElementsAre("sigma_x"));
  EXPECT_THAT(Fields(AdaptiveMean::Create({.size = 8, .offset = kNaN})),
              ElementsAre("size", "offset"));
  EXPECT_THAT(Fields(AdaptiveGaussian::Create({.size = 1, .offset = 256})),
              ElementsAre("size", "offset"));
  EXPECT_THAT(
      Fields(LocalThresholdFilter::Create({.size = -3, .k = kNaN, .range = 0})),
      ElementsAre("size", "k", "range"));
  EXPECT_THAT(Fields(Morphology::Create({.width = 0, .height = 1002})),
              ElementsAre("width", "height"));
  EXPECT_THAT(Fields(Median::Create({.size = 11})), ElementsAre("size"));
  EXPECT_THAT(Fields(Bilateral::Create(
                  {.diameter = 33, .sigma_gray = 0, .sigma_space = kNaN})),
              ElementsAre("diameter", "sigma_gray", "sigma_space"));
  EXPECT_THAT(Fields(NonLocalMeans::Create(
                  {.strength = 0, .template_size = 6, .search_size = 53})),
              ElementsAre("strength", "template_size", "search_size"));
  EXPECT_THAT(
      Fields(UnsharpMask::Create({.sigma = 0, .amount = -1, .threshold = 256})),
      ElementsAre("sigma", "amount", "threshold"));
  EXPECT_THAT(Fields(LaplacianSharpen::Create({.amount = kNaN})),
              ElementsAre("amount"));
  EXPECT_THAT(Fields(Flatten::Create({.closing_size = 2, .sigma = 41})),
              ElementsAre("closing_size", "sigma"));
  EXPECT_THAT(Fields(Stretch::Create({.low_percent = 60, .high_percent = 40})),
              ElementsAre("high_percent"));
  EXPECT_THAT(
      Fields(Stretch::Create({.low_percent = kNaN, .high_percent = 101})),
      ElementsAre("low_percent", "high_percent"));
  EXPECT_THAT(Fields(Despeckle::Create({.contrast = 255})),
              ElementsAre("contrast"));
  EXPECT_THAT(
      Fields(LineRemoval::Create({.min_length = 9,
                                  .max_thickness = 26,
                                  .contrast = 0,
                                  .horizontal = false,
                                  .vertical = false})),
      ElementsAre("min_length", "max_thickness", "contrast", "horizontal"));
  EXPECT_THAT(Fields(AffineWarp::Create({1, kNaN, 0, 0, 1, 2e6}, 0, 65536)),
              ElementsAre("map[1]", "map[5]", "width", "height"));
  EXPECT_THAT(Fields(AffineWarp::Create({1, 1, 0, 1, 1, 0}, 9, 9)),
              ElementsAre("map"));
  EXPECT_THAT(Fields(AffineWarp::Create({1, 0, 0, 0, 1, 0}, 60000, 60000)),
              ElementsAre("height"));
  EXPECT_THAT(Fields(Scale::Create({.width = 0, .height = 70000})),
              ElementsAre("width", "height"));
  FusedChainOptions chain;
  chain.clahe->tiles_x = 0;
  EXPECT_THAT(Fields(FusedChain::Create(chain)), ElementsAre("clahe.tiles_x"));
  chain.clahe.reset();
  chain.gaussian->size_x = 2;
  EXPECT_THAT(Fields(FusedChain::Create(chain)),
              ElementsAre("gaussian.size_x"));
  chain.gaussian.reset();
  chain.adaptive_mean = AdaptiveMeanOptions{.size = 2};
  EXPECT_THAT(Fields(FusedChain::Create(chain)),
              ElementsAre("adaptive_mean.size"));
  const GrayImage page(80, 80);
  EXPECT_THAT(Fields(EstimateSkew(page, {.max_degrees = 16})),
              ElementsAre("max_degrees"));
  EXPECT_THAT(
      Fields(FindPageBorder(page, {.dark_share = 0, .max_share = kNaN})),
      ElementsAre("dark_share", "max_share"));
}

TEST(BadParameters, OfARunAreNamedToo) {
  const GrayImage page(20, 20);
  GrayImage out;
  const absl::Status grown =
      Scale::Create({.method = ScaleMethod::kArea, .width = 21, .height = 9})
          ->Run(page, out);
  EXPECT_EQ(ReasonOf(grown), kParameterInvalid);
  EXPECT_EQ(DetailsOf(grown)->fields[0].field, "width");
  const absl::Status outside =
      CropPage(page, {.left = 5, .top = 0, .right = 5, .bottom = 21}, out);
  EXPECT_EQ(ReasonOf(outside), kParameterInvalid);
  EXPECT_EQ(DetailsOf(outside)->fields.size(), 2u);
}

// Every operation on `page`, with defaults; the statuses.
std::vector<absl::Status> RunAll(const GrayView& page,
                                 const Execution& execution) {
  GrayImage out;
  std::vector<absl::Status> all;
  const auto run = [&](const auto& op) {
    EXPECT_TRUE(op.ok()) << op.status();
    if (op.ok()) all.push_back(op->Run(page, out, execution));
  };
  run(Clahe::Create({}));
  run(Gaussian::Create({}));
  run(Gaussian::Create({.size_x = 255, .size_y = 255}));
  run(AdaptiveMean::Create({.size = 255}));
  run(AdaptiveGaussian::Create({.size = 255}));
  run(LocalThresholdFilter::Create({.size = 255}));
  run(LocalThresholdFilter::Create({.method = LocalThresholdMethod::kWolf}));
  for (const auto shape :
       {rules::ElementShape::kRectangle, rules::ElementShape::kEllipse}) {
    run(Morphology::Create({.shape = shape, .width = 301, .height = 301}));
  }
  run(Median::Create({.size = 9}));
  run(Bilateral::Create({}));
  run(NonLocalMeans::Create({.template_size = 3, .search_size = 5}));
  run(UnsharpMask::Create({}));
  run(LaplacianSharpen::Create({}));
  run(Flatten::Create({}));
  run(Despeckle::Create({}));
  run(LineRemoval::Create({}));
  run(AffineWarp::Create(RotationMap(page.width(), page.height(), 3), 40, 30));
  run(Scale::Create({.width = 40, .height = 30}));
  run(FusedChain::Create({}));
  all.push_back(Stretch::Create({})->Run(page, out, execution).status());
  all.push_back(ApplyOtsu(page, out, {}, execution).status());
  all.push_back(ApplyTable(page, Inverse(), out, execution));
  all.push_back(CountGrays(page, execution).status());
  all.push_back(EstimateNoise(page, execution).status());
  all.push_back(EstimatePolarity(page, execution).status());
  all.push_back(EstimateSkew(page, {}, execution).status());
  all.push_back(FindPageBorder(page, {}, execution).status());
  all.push_back(Despeckle::Create({})->Estimate(page, execution).status());
  return all;
}

TEST(BadImages, AreRefusedByEveryOperation) {
  const uint8_t pixel = 0;
  for (const GrayView& view :
       {GrayView(), GrayView(&pixel, 0, 5, 5), GrayView(&pixel, 5, 0, 5),
        GrayView(&pixel, -1, 5, 5), GrayView(&pixel, 65536, 1, 65536),
        GrayView(&pixel, 40000, 40000, 40000), GrayView(&pixel, 8, 8, 7)}) {
    for (const absl::Status& status : RunAll(view, {})) {
      EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
      EXPECT_EQ(ReasonOf(status), kImageInvalid);
    }
  }
  GrayImage out;
  EXPECT_EQ(ReasonOf(ConvertToGray(RgbView(&pixel, 4, 4, 11), out)),
            kImageInvalid);
}

TEST(OddImages, EveryOperationTakesPixelsLinesAndStrips) {
  Random random(1);
  for (const auto& [width, height] : std::vector<std::pair<int, int>>{
           {1, 1}, {1, 90}, {90, 1}, {2, 3}, {65535, 2}, {2, 60000}}) {
    const GrayImage page = RandomPage(random, width, height);
    for (const absl::Status& status : RunAll(page, {})) {
      EXPECT_TRUE(status.ok()) << width << " x " << height << ": " << status;
    }
  }
}

TEST(BadExecution, IsRefusedByEveryOperation) {
  const GrayImage page(100, 100);
  for (const int threads : {0, -1, 257}) {
    for (const absl::Status& status : RunAll(page, {.threads = threads})) {
      EXPECT_EQ(ReasonOf(status), kExecutionInvalid);
    }
  }
  for (const auto set : {InstructionSet::kAvx2, InstructionSet::kAvx512}) {
    if (IsSupported(set)) continue;
    for (const absl::Status& status : RunAll(page, {.instructions = set})) {
      EXPECT_EQ(ReasonOf(status), kExecutionInvalid);
    }
  }
}

TEST(Stopping, EndsEveryOperationWithTheReason) {
  GrayImage page(100, 100);
  std::fill_n(page.data(), page.size_bytes(), uint8_t{7});
  StopSource source;
  source.Stop(absl::CancelledError("nobody waits"));
  for (const absl::Status& status :
       RunAll(page, {.stop = source.token(), .threads = 2})) {
    EXPECT_EQ(status, absl::CancelledError("nobody waits"));
  }
}

TEST(Stopping, HappensBetweenBands) {
  StopSource source;
  std::vector<int> bands;
  const absl::Status status =
      RunBands(1000, 100, {.stop = source.token()}, [&](int begin, int end) {
        bands.push_back(begin);
        EXPECT_EQ(end - begin, 100);
        if (begin == 200) source.Stop(absl::CancelledError("enough"));
      });
  EXPECT_EQ(status, absl::CancelledError("enough"));
  EXPECT_THAT(bands, ElementsAre(0, 100, 200));
}

TEST(Bands, MemoryThatRunsOutOnAnyThreadIsAStatus) {
  const absl::Status status =
      RunBands(1000, 10, {.threads = 4}, [&](int begin, int) {
        if (begin == 500) throw std::bad_alloc();
      });
  EXPECT_EQ(status.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(ReasonOf(status), kOutOfMemory);
}

TEST(Bands, CoverEveryRowOnce) {
  for (const int threads : {1, 2, 5}) {
    std::vector<int> seen(1003);
    ASSERT_TRUE(
        RunBands(1003, 17, {.threads = threads}, [&](int begin, int end) {
          for (int y = begin; y < end; ++y) {
            ++seen[static_cast<size_t>(y)];
          }
        }).ok());
    EXPECT_EQ(std::count(seen.begin(), seen.end(), 1), 1003);
  }
}

TEST(Instructions, AreNamedAndTheBestIsTheLast) {
  EXPECT_EQ(SupportedInstructionSets().front(), InstructionSet::kScalar);
  EXPECT_EQ(SupportedInstructionSets().back(), BestInstructionSet());
  for (const auto set : {InstructionSet::kAvx2, InstructionSet::kAvx512}) {
    if (!IsSupported(set)) {
      GTEST_SKIP() << "this processor lacks " << InstructionSetName(set)
                   << ": its loops were compared by no test here";
    }
  }
}

}  // namespace
}  // namespace sightline::preprocess
