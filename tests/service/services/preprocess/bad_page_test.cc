// Pages and parameters that nobody expects: a clear error, or a meaning that
// docs/preprocess.md states.
#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "common/image/encode.h"
#include "common/image/reasons.h"
#include "common/image_message/reasons.h"
#include "common/memory/reasons.h"
#include "services/preprocess/engine/reasons.h"
#include "tests/support/images/image_files.h"
#include "tests/support/preprocess/preprocess_server.h"
#include "tests/unit/services/preprocess/engine/pipeline/drawn_pages.h"

namespace sightline::preprocess {
namespace {

using testing::NoisePicture;
using testing::Picture;

v1::PreprocessRequest RequestOf(const std::string& file) {
  v1::PreprocessRequest request;
  request.mutable_page()->set_encoded(file);
  return request;
}

std::string Content(const Picture& picture) {
  return std::string(picture.samples.begin(), picture.samples.end());
}

class BadPage : public ::testing::Test {
 protected:
  PreprocessServer server_;
};

TEST_F(BadPage, EveryPresetTakesPagesOfOnePixelAndOneRow) {
  for (const auto& [width, height] :
       {std::pair{1, 1}, std::pair{1, 7}, std::pair{7, 1}, std::pair{1, 3000},
        std::pair{20000, 1}, std::pair{2, 2}}) {
    v1::PreprocessRequest request =
        RequestOf(testing::PngFile(NoisePicture(width, height, 1, 5)));
    for (const auto preset : {v1::PRESET_AUTO, v1::PRESET_DOCUMENT,
                              v1::PRESET_DRAWING, v1::PRESET_SEED_COMPAT}) {
      request.mutable_options()->set_preset(preset);
      const auto answer = Ask(server_, request);
      EXPECT_TRUE(answer.ok()) << width << " x " << height << " "
                               << v1::Preset_Name(preset) << answer.status;
    }
    v1::AssessQualityRequest assess;
    assess.mutable_page()->set_encoded(request.page().encoded());
    EXPECT_TRUE(Ask(server_, assess).ok());
  }
}

TEST_F(BadPage, StripsBeyondTheLimitAreRefused) {
  for (const std::string& file : {testing::PngBomb(60000, 10, false),
                                  testing::TiffBomb(10, 60000, 1, false),
                                  testing::JpegBomb(60000, 16, false)}) {
    const auto answer = Ask(server_, RequestOf(file));
    EXPECT_EQ(answer.reason(), kImageTooLarge);
    EXPECT_EQ(answer.field(), "page.encoded");
  }
}

TEST_F(BadPage, DeepTransparentAndPrintersPagesHaveTheirMeaning) {
  // 16 bits: the high byte.
  const Picture gray = NoisePicture(17, 9, 1, 1);
  v1::PreprocessRequest request =
      RequestOf(testing::PngFile(gray, {.bit_depth = 16}));
  request.mutable_options()->mutable_operations();
  auto answer = Ask(server_, request);
  ASSERT_TRUE(answer.ok()) << answer.status;
  EXPECT_EQ(answer.response.page().content(), Content(gray));
  // Transparent: over white.
  const Picture seen = NoisePicture(17, 9, 2, 2);
  request.mutable_page()->set_encoded(testing::PngFile(seen));
  answer = Ask(server_, request);
  ASSERT_TRUE(answer.ok()) << answer.status;
  EXPECT_EQ(answer.response.page().content(),
            Content(testing::OverWhite(seen)));
  // CMYK.
  request.mutable_page()->set_encoded(
      testing::JpegFile(testing::SmoothPicture(32, 32, 4)));
  answer = Ask(server_, request);
  EXPECT_TRUE(answer.ok() || answer.reason() == kImageFeatureUnsupported)
      << answer.status;
}

TEST_F(BadPage, APageThatTheFileDoesNotHave) {
  v1::PreprocessRequest request =
      RequestOf(testing::TiffFile(NoisePicture(8, 8, 1, 1)));
  request.mutable_page()->set_page(1);
  EXPECT_EQ(Ask(server_, request).reason(), kImagePageOutOfRange);
  EXPECT_EQ(Ask(server_, v1::PreprocessRequest()).reason(), kImageEmpty);
  EXPECT_EQ(Ask(server_, RequestOf("GIF89a and more")).reason(),
            kImageFormatUnknown);
}

TEST_F(BadPage, RawPixelsMustBeAsManyAsTheySay) {
  v1::PreprocessRequest request;
  common::v1::GrayPixels& gray = *request.mutable_page()->mutable_gray();
  gray.set_width(10);
  gray.set_height(10);
  gray.set_data(std::string(99, 'x'));
  const auto answer = Ask(server_, request);
  EXPECT_EQ(answer.reason(), kImageSizeMismatch);
  EXPECT_EQ(answer.field(), "page.gray.data");
}

TEST_F(BadPage, KernelsLargerThanThePageHaveAResult) {
  v1::PreprocessRequest request =
      RequestOf(testing::PngFile(NoisePicture(5, 4, 1, 9)));
  v1::OperationList& list = *request.mutable_options()->mutable_operations();
  list.add_operations()->mutable_gaussian()->set_size_x(255);
  list.add_operations()->mutable_morphology()->set_width(1001);
  list.add_operations()->mutable_flatten()->set_closing_size(501);
  list.add_operations()->mutable_clahe()->set_tiles_x(64);
  list.add_operations()->mutable_adaptive_mean()->set_size(255);
  list.add_operations()->mutable_non_local_means()->set_search_size(51);
  const auto answer = Ask(server_, request);
  EXPECT_TRUE(answer.ok()) << answer.status;
}

TEST_F(BadPage, ParametersThatMakeNoSenseAreAllNamed) {
  v1::PreprocessRequest request =
      RequestOf(testing::PngFile(NoisePicture(5, 4, 1, 9)));
  v1::OperationList& list = *request.mutable_options()->mutable_operations();
  list.add_operations()->mutable_gaussian()->set_sigma_x(std::nan(""));
  list.add_operations()->mutable_median()->set_size(1001);
  list.add_operations()->mutable_clahe()->set_tiles_x(-3);
  list.add_operations()->mutable_rotate()->set_degrees(
      std::numeric_limits<double>::infinity());
  const auto answer = Ask(server_, request);
  EXPECT_EQ(answer.status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(answer.reason(), kParameterInvalid);
  EXPECT_EQ(DetailsOf(answer.status)->fields.size(), 4u);
}

TEST_F(BadPage, APageThatWouldGrowTooLargeIsRefusedBeforeAnything) {
  v1::PreprocessRequest request =
      RequestOf(testing::PngFile(NoisePicture(12000, 2, 1, 9)));
  v1::OperationList& list = *request.mutable_options()->mutable_operations();
  list.add_operations()->mutable_resample()->set_factor(8);
  const auto answer = Ask(server_, request);
  EXPECT_EQ(answer.status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(answer.reason(), kImageInvalid);
}

TEST(SmallPod, APageThatCanNeverFitIsRefusedWithTheLimit) {
  PreprocessServerOptions options;
  options.server.memory_budget_bytes = int64_t{256} << 20;
  PreprocessServer server(std::move(options));
  v1::PreprocessRequest request = RequestOf(*EncodePng(GrayImage(4000, 4000)));
  v1::OperationList& list = *request.mutable_options()->mutable_operations();
  list.add_operations()->mutable_resample()->set_factor(4);
  const auto answer = Ask(server, request);
  EXPECT_EQ(answer.status.code(), absl::StatusCode::kResourceExhausted);
  const ErrorDetails details = *DetailsOf(answer.status);
  EXPECT_TRUE(details.quota.has_value());
  EXPECT_FALSE(details.retry_after.has_value());
}

TEST_F(BadPage, ACallThatIsCancelledStops) {
  // Half a minute of work.
  v1::PreprocessRequest request = RequestOf(*EncodePng(GrayImage(6000, 4000)));
  v1::OperationList& list = *request.mutable_options()->mutable_operations();
  for (int i = 0; i < 20; ++i) {
    list.add_operations()->mutable_non_local_means();
  }
  grpc::ClientContext context;
  context.set_deadline(absl::ToChronoTime(absl::Now() + absl::Minutes(2)));
  std::thread canceller([&] {
    absl::SleepFor(absl::Milliseconds(700));
    context.TryCancel();
  });
  v1::PreprocessResponse response;
  const grpc::Status status =
      server_.Stub()->Preprocess(&context, request, &response);
  canceller.join();
  EXPECT_EQ(status.error_code(), grpc::StatusCode::CANCELLED);
  // The worker is free again: the server is idle soon.
  const absl::Time limit = absl::Now() + absl::Seconds(20);
  const auto active = [&] {
    return Ask(server_, v1::GetCapabilitiesRequest())
        .response.devices(0)
        .active_requests();
  };
  while (active() > 0 && absl::Now() < limit) {
    absl::SleepFor(absl::Milliseconds(20));
  }
  EXPECT_EQ(active(), 0);
}

}  // namespace
}  // namespace sightline::preprocess
