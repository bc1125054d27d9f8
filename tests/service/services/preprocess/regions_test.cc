// Many parts of one page: each as if it had come alone.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "common/image/encode.h"
#include "common/image/reasons.h"
#include "common/status/grpc_status.h"
#include "services/preprocess/engine/pipeline/pipeline.h"
#include "services/preprocess/engine/pipeline/presets.h"
#include "services/preprocess/reasons.h"
#include "tests/support/preprocess/preprocess_server.h"
#include "tests/unit/services/preprocess/engine/pipeline/drawn_pages.h"

namespace sightline::preprocess {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

void AddRegion(v1::PreprocessRegionsRequest& request, int x, int y, int width,
               int height) {
  v1::Region& region = *request.add_regions();
  region.set_x(x);
  region.set_y(y);
  region.set_width(width);
  region.set_height(height);
}

class Regions : public ::testing::Test {
 protected:
  Regions() : page_(TextPage(random_)) {
    request_.mutable_page()->set_encoded(*EncodePng(page_));
  }

  PreprocessServer server_;
  Random random_{7};
  GrayImage page_;
  v1::PreprocessRegionsRequest request_;
};

TEST_F(Regions, EachIsCleanedAsAPageOfItsOwn) {
  request_.mutable_options()->set_preset(v1::PRESET_DOCUMENT);
  for (int i = 0; i < 200; ++i) {
    const int width = Between(random_, 1, 300);
    const int height = Between(random_, 1, 200);
    AddRegion(request_, Between(random_, 0, page_.width() - width),
              Between(random_, 0, page_.height() - height), width, height);
  }
  const auto answer = Ask(server_, request_);
  ASSERT_TRUE(answer.ok()) << answer.status;
  ASSERT_THAT(answer.response.results(), SizeIs(200));
  const auto pipeline = Pipeline::Create(OperationsOf(Preset::kDocument));
  for (int i = 0; i < 200; ++i) {
    const v1::Region& region = request_.regions(i);
    const v1::RegionResult& result = answer.response.results(i);
    ASSERT_TRUE(result.has_page()) << result.error().message();
    const auto expected = pipeline->Run(GrayView(page_).Part(
        region.x(), region.y(), region.width(), region.height()));
    ASSERT_TRUE(expected.ok());
    const GrayImage& pixels = expected->page;
    EXPECT_EQ(
        result.page().content(),
        std::string(reinterpret_cast<const char*>(pixels.data()),
                    static_cast<size_t>(pixels.width()) * pixels.height()))
        << i;
    EXPECT_THAT(result.report().stages(), IsEmpty());
  }
}

TEST_F(Regions, OutputToInputGivesPixelsOfThePage) {
  request_.mutable_options()->mutable_operations();
  request_.set_with_reports(true);
  AddRegion(request_, 100, 50, 30, 20);
  const auto answer = Ask(server_, request_);
  ASSERT_TRUE(answer.ok()) << answer.status;
  EXPECT_THAT(answer.response.results(0).report().output_to_input(),
              ::testing::ElementsAre(1, 0, 100, 0, 1, 50, 0, 0, 1));
  // A pixel of the enlarged part is half a pixel of the page.
  request_.mutable_options()
      ->mutable_operations()
      ->add_operations()
      ->mutable_resample();
  const auto enlarged = Ask(server_, request_);
  ASSERT_TRUE(enlarged.ok()) << enlarged.status;
  EXPECT_THAT(enlarged.response.results(0).report().output_to_input(),
              ::testing::ElementsAre(0.5, 0, 100, 0, 0.5, 50, 0, 0, 1));
}

TEST_F(Regions, ReportsComeIfAskedFor) {
  request_.set_with_reports(true);
  AddRegion(request_, 0, 0, 400, 300);
  const auto answer = Ask(server_, request_);
  ASSERT_TRUE(answer.ok()) << answer.status;
  EXPECT_THAT(answer.response.results(0).report().stages(),
              SizeIs(OperationsOf(Preset::kAuto).size()));
}

TEST_F(Regions, OneThatFailsDoesNotTakeTheOthersAlong) {
  // A flat part stays gray, the threshold of the other is black and white.
  FillBox(page_, 0, 0, 40, 40, 128);
  request_.mutable_page()->set_encoded(*EncodePng(page_));
  request_.mutable_options()->mutable_operations();
  request_.mutable_options()->mutable_output()->set_format(
      v1::PAGE_FORMAT_PACKED);
  FillBox(page_, 50, 0, 40, 40, 255);
  request_.mutable_page()->set_encoded(*EncodePng(page_));
  AddRegion(request_, 0, 0, 40, 40);
  AddRegion(request_, 50, 0, 40, 40);
  const auto answer = Ask(server_, request_);
  ASSERT_TRUE(answer.ok()) << answer.status;
  ASSERT_TRUE(answer.response.results(0).has_error());
  EXPECT_EQ(
      DetailsOf(FromRpcStatus(answer.response.results(0).error()))->reason,
      kImageNotBilevel);
  EXPECT_EQ(answer.response.results(1).page().content(),
            std::string(40 * 5, '\xFF'));
}

TEST_F(Regions, WhatDoesNotLieOnThePageIsNamed) {
  AddRegion(request_, 0, 0, 10, 10);
  AddRegion(request_, page_.width() - 5, 0, 6, 10);
  AddRegion(request_, -1, 0, 6, 10);
  AddRegion(request_, 0, 0, 0, 10);
  AddRegion(request_, 2147483647, 0, 2147483647, 10);
  const auto answer = Ask(server_, request_);
  EXPECT_EQ(answer.status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(answer.reason(), kRegionsInvalid);
  const ErrorDetails details = *DetailsOf(answer.status);
  ASSERT_THAT(details.fields, SizeIs(4));
  EXPECT_EQ(details.fields[0].field, "regions[1]");
  EXPECT_EQ(details.fields[3].field, "regions[4]");
}

// What many threads would need at once must not keep a few large parts out.
TEST(RegionsInASmallPod, FewLargePartsNeedNoMoreThanTheirOwn) {
  PreprocessServerOptions options;
  options.server.memory_budget_bytes = int64_t{384} << 20;
  options.limits.page_threads = 64;
  const PreprocessServer server(std::move(options));
  v1::PreprocessRegionsRequest request;
  request.mutable_page()->set_encoded(*EncodePng(GrayImage(2000, 2000)));
  request.mutable_options()->set_preset(v1::PRESET_SEED_COMPAT);
  request.mutable_options()->mutable_output()->set_format(
      v1::PAGE_FORMAT_PACKED);
  AddRegion(request, 0, 0, 2000, 2000);
  EXPECT_TRUE(Ask(server, request).ok()) << Ask(server, request).status;
  // Sixteen turns of four, of which not all fit at the same time.
  for (int i = 0; i < 63; ++i) AddRegion(request, 0, 0, 2000, 2000);
  EXPECT_TRUE(Ask(server, request).ok()) << Ask(server, request).status;
}

TEST_F(Regions, NoneAndTooManyAreRefused) {
  EXPECT_EQ(Ask(server_, request_).reason(), kRegionsInvalid);
  for (int i = 0; i < 10001; ++i) AddRegion(request_, 0, 0, 1, 1);
  const auto answer = Ask(server_, request_);
  EXPECT_EQ(answer.reason(), kRegionsInvalid);
  EXPECT_EQ(answer.field(), "regions");
}

TEST_F(Regions, TenThousandOfOnePixelAreAnswered) {
  for (int i = 0; i < 10000; ++i) {
    AddRegion(request_, i % page_.width(), i / page_.width(), 1, 1);
  }
  request_.mutable_options()->mutable_operations();
  const auto answer = Ask(server_, request_);
  ASSERT_TRUE(answer.ok()) << answer.status;
  ASSERT_THAT(answer.response.results(), SizeIs(10000));
  EXPECT_EQ(
      static_cast<uint8_t>(answer.response.results(9999).page().content()[0]),
      page_.row(9999 / page_.width())[9999 % page_.width()]);
}

}  // namespace
}  // namespace sightline::preprocess
