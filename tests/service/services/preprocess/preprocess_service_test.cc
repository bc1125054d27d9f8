// PreprocessService over TCP: what comes back is what the engine makes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <string>
#include <utility>
#include <vector>

#include "common/geometry/homography.h"
#include "common/image/decode.h"
#include "common/image/encode.h"
#include "common/image/reasons.h"
#include "services/preprocess/engine/pipeline/assessment.h"
#include "services/preprocess/engine/pipeline/pipeline.h"
#include "services/preprocess/engine/pipeline/presets.h"
#include "tests/support/images/image_files.h"
#include "tests/support/preprocess/preprocess_server.h"
#include "tests/unit/services/preprocess/engine/pipeline/drawn_pages.h"

namespace sightline::preprocess {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

std::string Pixels(const GrayImage& page) {
  return std::string(reinterpret_cast<const char*>(page.data()),
                     static_cast<size_t>(page.width()) * page.height());
}

v1::PreprocessRequest RequestOf(const GrayImage& page) {
  v1::PreprocessRequest request;
  request.mutable_page()->set_encoded(*EncodePng(page));
  return request;
}

// Turns a page black and white.
void AddThreshold(v1::PreprocessRequest& request) {
  v1::OperationList& list = *request.mutable_options()->mutable_operations();
  list.add_operations()->mutable_clahe();
  list.add_operations()->mutable_gaussian();
  list.add_operations()->mutable_adaptive_mean()->set_size(11);
}

GrayImage Thresholded(const GrayImage& page) {
  const auto pipeline = Pipeline::Create(
      {ClaheOptions(), GaussianOptions(), AdaptiveMeanOptions{.size = 11}});
  absl::StatusOr<Preprocessed> done = pipeline->Run(GrayView(page));
  return std::move(done->page);
}

class PreprocessServiceOverTcp : public ::testing::Test {
 protected:
  PreprocessServer server_;
  Random random_{20261120};
};

TEST_F(PreprocessServiceOverTcp, AnswersTheBitsOfTheEngineInEveryFormat) {
  const GrayImage page = TextPage(random_);
  const std::string expected = Pixels(Thresholded(page));
  v1::PreprocessRequest request = RequestOf(page);
  AddThreshold(request);
  for (const auto format :
       {v1::PAGE_FORMAT_UNSPECIFIED, v1::PAGE_FORMAT_GRAY, v1::PAGE_FORMAT_PNG,
        v1::PAGE_FORMAT_BILEVEL_PNG, v1::PAGE_FORMAT_TIFF_G4}) {
    request.mutable_options()->mutable_output()->set_format(format);
    const auto answer = Ask(server_, request);
    ASSERT_TRUE(answer.ok()) << answer.status;
    const v1::Page& out = answer.response.page();
    EXPECT_EQ(out.width(), page.width());
    EXPECT_EQ(out.height(), page.height());
    if (out.format() == v1::PAGE_FORMAT_GRAY) {
      EXPECT_EQ(out.content(), expected);
    } else {
      EXPECT_EQ(out.format(), format);
      const auto decoded = DecodeGray(out.content(), {});
      ASSERT_TRUE(decoded.ok()) << decoded.status();
      EXPECT_EQ(Pixels(decoded->pixels), expected)
          << v1::PageFormat_Name(format);
    }
  }
}

TEST_F(PreprocessServiceOverTcp, PackedPixelsAreBitsFromTheLeft) {
  GrayImage page(11, 2);
  for (int x = 0; x < 11; ++x) {
    page.row(0)[x] = x % 2 == 0 ? 255 : 0;
    page.row(1)[x] = x == 10 ? 255 : 0;
  }
  v1::PreprocessRequest request = RequestOf(page);
  request.mutable_options()->mutable_operations();
  request.mutable_options()->mutable_output()->set_format(
      v1::PAGE_FORMAT_PACKED);
  const auto answer = Ask(server_, request);
  ASSERT_TRUE(answer.ok()) << answer.status;
  EXPECT_EQ(answer.response.page().content(),
            std::string("\xAA\xA0\x00\x20", 4));
}

TEST_F(PreprocessServiceOverTcp, JpegHasTheQualityAskedFor) {
  v1::PreprocessRequest request = RequestOf(TextPage(random_));
  request.mutable_options()->mutable_operations();
  request.mutable_options()->mutable_output()->set_format(v1::PAGE_FORMAT_JPEG);
  const auto usual = Ask(server_, request);
  request.mutable_options()->mutable_output()->set_quality(20);
  const auto small = Ask(server_, request);
  ASSERT_TRUE(usual.ok() && small.ok());
  EXPECT_LT(small.response.page().content().size(),
            usual.response.page().content().size());
}

TEST_F(PreprocessServiceOverTcp, GrayAsBlackAndWhiteIsRefused) {
  v1::PreprocessRequest request = RequestOf(TextPage(random_));
  for (const auto format : {v1::PAGE_FORMAT_PACKED, v1::PAGE_FORMAT_TIFF_G4,
                            v1::PAGE_FORMAT_BILEVEL_PNG}) {
    request.mutable_options()->mutable_output()->set_format(format);
    const auto answer = Ask(server_, request);
    EXPECT_EQ(answer.status.code(), absl::StatusCode::kInvalidArgument);
    EXPECT_EQ(answer.reason(), kImageNotBilevel);
    EXPECT_EQ(answer.field(), "options.output.format");
  }
}

TEST_F(PreprocessServiceOverTcp, ACleanPageComesBackAsItIs) {
  const GrayImage page = TextPage(random_);
  const auto answer = Ask(server_, RequestOf(page));
  ASSERT_TRUE(answer.ok()) << answer.status;
  EXPECT_TRUE(answer.response.report().unchanged());
  EXPECT_EQ(answer.response.page().content(), Pixels(page));
  EXPECT_THAT(answer.response.report().stages(),
              SizeIs(OperationsOf(Preset::kAuto).size()));
  for (const v1::StageReport& stage : answer.response.report().stages()) {
    EXPECT_FALSE(stage.has_run()) << stage.name();
    EXPECT_FALSE(stage.reason().empty()) << stage.name();
    EXPECT_EQ(stage.device(), "cpu");
  }
  std::vector<std::string> stages;
  for (const auto& stage : answer.response.cost().stages()) {
    stages.push_back(stage.stage());
  }
  EXPECT_THAT(stages, ElementsAre("decode", "preprocess", "encode"));
  EXPECT_GT(answer.response.cost().peak_reserved_bytes(),
            int64_t{page.width()} * page.height());
}

TEST_F(PreprocessServiceOverTcp, ATiltedDarkPageIsMendedAndMapsBack) {
  const GrayImage page = Inverted(Tilted(TextPage(random_), 3));
  const auto answer = Ask(server_, RequestOf(page));
  ASSERT_TRUE(answer.ok()) << answer.status;
  const auto engine =
      Pipeline::Create(OperationsOf(Preset::kAuto))->Run(GrayView(page));
  EXPECT_EQ(answer.response.page().content(), Pixels(engine->page));
  const auto& numbers = answer.response.report().output_to_input();
  ASSERT_THAT(numbers, SizeIs(9));
  for (int i = 0; i < 9; ++i) {
    EXPECT_NEAR(numbers[i], engine->report.output_to_input.Normalized()[i],
                1e-12);
  }
  // The middle stays the middle.
  std::array<double, 9> values;
  std::copy(numbers.begin(), numbers.end(), values.begin());
  const PixelPoint middle =
      Homography(values).Map({answer.response.page().width() / 2.0,
                              answer.response.page().height() / 2.0});
  EXPECT_NEAR(middle.x, page.width() / 2.0, 1);
  EXPECT_NEAR(middle.y, page.height() / 2.0, 1);
}

TEST_F(PreprocessServiceOverTcp, EveryPresetIsTheEngines) {
  const GrayImage page = Tilted(TextPage(random_), 1);
  for (const auto& [preset, engine] :
       {std::pair{v1::PRESET_AUTO, Preset::kAuto},
        std::pair{v1::PRESET_DOCUMENT, Preset::kDocument},
        std::pair{v1::PRESET_DRAWING, Preset::kDrawing},
        std::pair{v1::PRESET_SEED_COMPAT, Preset::kSeedCompat}}) {
    v1::PreprocessRequest request = RequestOf(page);
    request.mutable_options()->set_preset(preset);
    const auto answer = Ask(server_, request);
    ASSERT_TRUE(answer.ok()) << answer.status;
    const auto expected =
        Pipeline::Create(OperationsOf(engine))->Run(GrayView(page));
    EXPECT_EQ(answer.response.page().content(), Pixels(expected->page))
        << v1::Preset_Name(preset);
  }
}

TEST_F(PreprocessServiceOverTcp, ResolutionFollowsThePage) {
  const GrayImage page = TextPage(random_);
  v1::PreprocessRequest request;
  request.mutable_page()->set_encoded(*EncodePng(page, 1, 150));
  v1::OperationList& list = *request.mutable_options()->mutable_operations();
  list.add_operations()->mutable_resample()->set_target_dots_per_inch(300);
  request.mutable_options()->mutable_output()->set_format(v1::PAGE_FORMAT_PNG);
  const auto answer = Ask(server_, request);
  ASSERT_TRUE(answer.ok()) << answer.status;
  EXPECT_EQ(answer.response.page().width(), 2 * page.width());
  EXPECT_NEAR(answer.response.page().dots_per_inch(), 300, 0.1);
  const auto info = SniffImage(answer.response.page().content());
  ASSERT_TRUE(info.ok());
  EXPECT_NEAR(info->dots_per_inch_x, 300, 0.1);
}

TEST_F(PreprocessServiceOverTcp, ResolutionThatNobodyKnowsIsAskedFor) {
  v1::PreprocessRequest request = RequestOf(TextPage(random_));
  v1::OperationList& list = *request.mutable_options()->mutable_operations();
  list.add_operations()->mutable_resample()->set_target_dots_per_inch(300);
  const auto answer = Ask(server_, request);
  EXPECT_EQ(answer.field(),
            "options.operations.operations[0].resample.target_dots_per_inch");
}

TEST_F(PreprocessServiceOverTcp, AssessmentSaysWhatAutoWouldDo) {
  GrayImage page = Tilted(TextPage(random_), 2);
  AddNoise(random_, 25, page);
  v1::AssessQualityRequest request;
  request.mutable_page()->set_encoded(*EncodePng(page, 1, 200));
  const auto answer = Ask(server_, request);
  ASSERT_TRUE(answer.ok()) << answer.status;
  EXPECT_EQ(answer.response.width(), page.width());
  EXPECT_EQ(answer.response.height(), page.height());
  EXPECT_NEAR(answer.response.dots_per_inch(), 200, 0.1);
  EXPECT_FALSE(answer.response.clean());
  double skew = 0;
  double noise = 0;
  for (const v1::Measurement& one : answer.response.measurements()) {
    if (one.name() == "skew_degrees") skew = one.value();
    if (one.name() == "noise_sigma") noise = one.value();
  }
  EXPECT_NEAR(skew, 2, 0.2);
  EXPECT_GT(noise, 8);
  const auto engine = AssessPage(GrayView(page));
  ASSERT_TRUE(engine.ok());
  ASSERT_THAT(answer.response.stages(), SizeIs(engine->stages.size()));
  for (size_t i = 0; i < engine->stages.size(); ++i) {
    EXPECT_EQ(answer.response.stages(i).has_run(), engine->stages[i].has_run);
  }

  v1::AssessQualityRequest clean;
  clean.mutable_page()->set_encoded(*EncodePng(TextPage(random_)));
  EXPECT_TRUE(Ask(server_, clean).response.clean());
}

TEST_F(PreprocessServiceOverTcp, CapabilitiesNameDeviceLimitsAndPresets) {
  const auto answer = Ask(server_, v1::GetCapabilitiesRequest());
  ASSERT_TRUE(answer.ok()) << answer.status;
  const v1::GetCapabilitiesResponse& can = answer.response;
  ASSERT_FALSE(can.devices().empty());
  EXPECT_EQ(can.devices(0).id(), "cpu");
  EXPECT_TRUE(can.devices(0).healthy());
  EXPECT_FALSE(can.devices(0).name().empty());
  EXPECT_EQ(can.devices().size() == 1, !can.no_device_reason().empty());
  EXPECT_EQ(can.threads(), 2);
  EXPECT_GT(can.max_side_pixels(), 0);
  EXPECT_GT(can.memory_budget_bytes(), 0);
  EXPECT_THAT(can.presets(), SizeIs(AllPresets().size()));
  // A description is good as a request.
  const GrayImage page = TextPage(random_);
  for (const v1::PresetDescription& description : can.presets()) {
    v1::PreprocessRequest by_name = RequestOf(page);
    by_name.mutable_options()->set_preset(description.preset());
    v1::PreprocessRequest by_list = RequestOf(page);
    *by_list.mutable_options()->mutable_operations() = description.operations();
    EXPECT_EQ(Ask(server_, by_name).response.page().content(),
              Ask(server_, by_list).response.page().content());
  }
}

TEST_F(PreprocessServiceOverTcp, ExifOrientationComesFirst) {
  const testing::Picture stored = testing::SmoothPicture(40, 24, 1);
  v1::PreprocessRequest request;
  request.mutable_page()->set_encoded(
      testing::PngFile(stored, {.orientation = 6}));
  request.mutable_options()->mutable_operations();
  const auto answer = Ask(server_, request);
  ASSERT_TRUE(answer.ok()) << answer.status;
  EXPECT_EQ(answer.response.page().width(), 24);
  EXPECT_EQ(answer.response.page().height(), 40);
  const testing::Picture seen = testing::Oriented(stored, 6);
  EXPECT_EQ(answer.response.page().content(),
            std::string(seen.samples.begin(), seen.samples.end()));
}

}  // namespace
}  // namespace sightline::preprocess
