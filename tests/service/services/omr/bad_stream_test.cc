// Bad input to the streams of align and grade: each is answered, and the
// others go on.
#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <vector>

#include "absl/time/clock.h"
#include "common/image/reasons.h"
#include "common/memory/reasons.h"
#include "common/server/reasons.h"
#include "services/grade/engine/reasons.h"
#include "services/grade/reasons.h"
#include "tests/support/images/image_files.h"
#include "tests/support/omr/omr_requests.h"
#include "tests/support/omr/omr_server.h"

namespace sightline::omr {
namespace {

using absl::StatusCode;
using ::testing::IsEmpty;
using ::testing::SizeIs;

grade::v1::GradeSheetsSettings Settings() {
  grade::v1::GradeSheetsSettings settings;
  *settings.mutable_layout() = LayoutOf(QuizSheet());
  return settings;
}

std::string ReasonOf(const absl::Status& status) {
  return DetailsOf(status).value_or(ErrorDetails{}).reason;
}

class BadStream : public ::testing::Test {
 protected:
  explicit BadStream(OmrOptions options = {}) : server_(std::move(options)) {}

  OmrServer server_;
  std::unique_ptr<grade::v1::GradeService::Stub> stub_ = server_.Grade();
  GradeStream stream_{[this](grpc::ClientContext* context) {
    return stub_->GradeSheets(context);
  }};
};

TEST_F(BadStream, EveryBadItemIsAnsweredAndTheGoodOnesAreGraded) {
  const std::string& jpeg = QuizSheet().jpeg;
  stream_.Begin(Settings())
      .Item("good", jpeg)
      .Item("no image", "text")
      .Item("bomb", testing::PngBomb(60000, 60000, false))
      .Item("half", jpeg.substr(0, jpeg.size() / 2))
      .Item("tiny", PlainPng(1, 1, 0))
      .Item("black", PlainPng(1240, 1754, 0))
      .Item("good too", jpeg);
  const absl::Status status = stream_.End();
  EXPECT_TRUE(status.ok()) << status;
  const auto& answers = stream_.answers();
  ASSERT_THAT(answers, SizeIs(7));
  EXPECT_TRUE(answers.at("good").ok()) << answers.at("good").status;
  EXPECT_TRUE(answers.at("good too").ok());
  EXPECT_EQ(answers.at("no image").reason(), kImageFormatUnknown);
  EXPECT_EQ(answers.at("bomb").reason(), kImageTooLarge);
  EXPECT_EQ(answers.at("half").reason(), kImageTruncated);
  EXPECT_EQ(answers.at("half").status.code(), StatusCode::kDataLoss);
  EXPECT_EQ(answers.at("tiny").reason(), "IMAGE_TOO_SMALL");
  EXPECT_EQ(answers.at("black").reason(), "PAGE_NOT_FOUND");
}

TEST_F(BadStream, AHeaderThatDeclaresFewerBytesThanCome) {
  stream_.Begin(Settings()).Header("short", 10).Chunk(std::string(11, 'x'));
  const absl::Status status = stream_.End();
  EXPECT_EQ(status.code(), StatusCode::kInvalidArgument);
  EXPECT_EQ(ReasonOf(status), kStreamProtocol);
}

TEST_F(BadStream, AHeaderThatDeclaresMoreBytesThanCome) {
  stream_.Begin(Settings())
      .Item("whole", QuizSheet().jpeg)
      .Header("long", 1 << 20)
      .Chunk("little");
  EXPECT_TRUE(stream_.End().ok());
  EXPECT_TRUE(stream_.answers().at("whole").ok());
  EXPECT_EQ(stream_.answers().at("long").status.code(), StatusCode::kDataLoss);
  EXPECT_EQ(stream_.answers().at("long").reason(), kItemTruncated);
}

TEST_F(BadStream, AHeaderThatDeclaresAnAbsurdSize) {
  stream_.Begin(Settings())
      .Header("absurd", std::numeric_limits<int64_t>::max())
      .Chunk("x");
  EXPECT_TRUE(stream_.End().ok());
  EXPECT_EQ(stream_.answers().at("absurd").status.code(),
            StatusCode::kResourceExhausted);
  EXPECT_EQ(stream_.answers().at("absurd").reason(), kItemTooLarge);
}

TEST_F(BadStream, ALayoutThatIsWrongEndsTheStreamBeforeAnyItem) {
  grade::v1::GradeSheetsSettings settings = Settings();
  settings.mutable_layout()->mutable_blocks(0)->set_value_gap(-1);
  stream_.Begin(settings).Item("a", QuizSheet().jpeg);
  const Answer<grade::v1::GradeSheetResponse> ended{stream_.End(), {}};
  EXPECT_EQ(ended.status.code(), StatusCode::kInvalidArgument);
  EXPECT_EQ(ended.reason(), grade::kLayoutInvalid);
  EXPECT_EQ(ended.field(), "settings.layout.blocks[0].value_gap");
  EXPECT_THAT(stream_.answers(), IsEmpty());
}

TEST_F(BadStream, SettingsWithoutALayoutEndTheStream) {
  stream_.Begin(grade::v1::GradeSheetsSettings());
  const Answer<grade::v1::GradeSheetResponse> ended{stream_.End(), {}};
  EXPECT_EQ(ended.reason(), grade::kLayoutMissing);
  EXPECT_EQ(ended.field(), "settings.layout");
}

TEST_F(BadStream, AKeyThatDoesNotFitEndsTheStream) {
  grade::v1::GradeSheetsSettings settings = Settings();
  settings.mutable_key()->add_questions()->set_field("nobody");
  stream_.Begin(settings);
  const Answer<grade::v1::GradeSheetResponse> ended{stream_.End(), {}};
  EXPECT_EQ(ended.reason(), grade::kKeyInvalid);
  EXPECT_EQ(ended.field(), "settings.key.questions[0].field");
}

OmrOptions Impatient() {
  OmrOptions options;
  options.server.body_timeout = absl::Milliseconds(300);
  return options;
}

class SilentClient : public BadStream {
 protected:
  SilentClient() : BadStream(Impatient()) {}
};

TEST_F(SilentClient, AClientThatStopsHalfwayIsGivenUp) {
  stream_.Begin(Settings())
      .Item("whole", QuizSheet().jpeg)
      .Header("half", 100000)
      .Chunk(QuizSheet().jpeg.substr(0, 1000));
  const absl::Status status = stream_.Drain();
  EXPECT_EQ(status.code(), StatusCode::kDeadlineExceeded);
  EXPECT_EQ(ReasonOf(status), kBodyTimeout);
  EXPECT_TRUE(stream_.answers().at("whole").ok())
      << "what had come is answered";
  EXPECT_TRUE(Ask(server_, GradeRequestOf(QuizSheet())).ok())
      << "and the server goes on";
}

TEST_F(BadStream, AClientThatGoesAwayLeavesTheServerWorking) {
  stream_.Begin(Settings());
  for (int i = 0; i < 4; ++i) {
    stream_.Item(std::to_string(i), QuizSheet().jpeg);
  }
  stream_.Header("half", 100000).Chunk("begun");
  stream_.context().TryCancel();
  EXPECT_EQ(stream_.Drain().code(), StatusCode::kCancelled);
  EXPECT_TRUE(Ask(server_, GradeRequestOf(QuizSheet())).ok());
}

// The same of the other service: it shares the chassis, not the code.
TEST_F(BadStream, AlignStreamAnswersItsBadItemsToo) {
  const auto stub = server_.Align();
  AlignStream stream(
      [&](grpc::ClientContext* context) { return stub->AlignStream(context); });
  align::v1::AlignStreamSettings settings;
  *settings.mutable_reference() = ReferenceOf(QuizSheet());
  stream.Begin(settings)
      .Item("bomb", testing::JpegBomb(60000, 60000, false))
      .Item("good", QuizSheet().jpeg)
      .Header("long", 1000)
      .Chunk("little");
  EXPECT_TRUE(stream.End().ok());
  EXPECT_EQ(stream.answers().at("bomb").reason(), kImageTooLarge);
  EXPECT_EQ(stream.answers().at("bomb").field(), "scan.encoded");
  EXPECT_TRUE(stream.answers().at("good").ok());
  EXPECT_EQ(stream.answers().at("long").reason(), kItemTruncated);
}

}  // namespace
}  // namespace sightline::omr
