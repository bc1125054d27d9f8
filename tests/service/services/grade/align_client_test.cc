// grade and its align service: elsewhere, gone, and strange.
#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/status/grpc_status.h"
#include "services/grade/reasons.h"
#include "tests/support/omr/omr_requests.h"
#include "tests/support/omr/omr_server.h"

namespace sightline::omr {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

using Request = grade::v1::GradeSheetRequest;
using Response = grade::v1::GradeSheetResponse;

// An align service that answers what it is told.
class StrangeAlign final : public align::v1::AlignService::Service {
 public:
  grpc::Status Align(grpc::ServerContext* context,
                     const align::v1::AlignRequest* request,
                     align::v1::AlignResponse* response) override {
    ++calls;
    last_had_reference = request->has_reference();
    while (blocks && !context->IsCancelled()) {
      absl::SleepFor(absl::Milliseconds(5));
    }
    was_cancelled = was_cancelled || context->IsCancelled();
    if (!status.ok()) return status;
    *response = answer;
    return grpc::Status::OK;
  }

  std::atomic<int> calls = 0;
  std::atomic<bool> last_had_reference = false;
  std::atomic<bool> blocks = false;
  std::atomic<bool> was_cancelled = false;
  grpc::Status status;
  align::v1::AlignResponse answer;
};

class StrangeServer {
 public:
  StrangeServer() {
    grpc::ServerBuilder builder;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(),
                             &port_);
    builder.SetMaxReceiveMessageSize(-1);
    builder.RegisterService(&service);
    server_ = builder.BuildAndStart();
  }
  ~StrangeServer() { server_->Shutdown(absl::ToChronoTime(absl::Now())); }
  OmrOptions Options() const {
    OmrOptions options;
    options.align_channel = [port = port_] {
      return grpc::CreateChannel(absl::StrCat("127.0.0.1:", port),
                                 grpc::InsecureChannelCredentials());
    };
    return options;
  }

  StrangeAlign service;

 private:
  int port_ = 0;
  std::unique_ptr<grpc::Server> server_;
};

TEST(GradeWithAlignElsewhere, GradesOverTheNetwork) {
  OmrServer with_align;
  OmrOptions options;
  options.align_channel = [&] { return with_align.Connect(); };
  OmrServer server(options);
  // Twice: the second call names the reference the first one sent.
  for (int i = 0; i < 2; ++i) {
    const Answer<Response> answer = Ask(server, GradeRequestOf(QuizSheet()));
    ASSERT_TRUE(answer.ok()) << answer.status;
    EXPECT_THAT(Wrong(answer.response, QuizSheet()), IsEmpty());
  }
}

TEST(GradeWithAlignElsewhere, NobodyThereIsUnavailable) {
  OmrOptions options;
  options.align_channel = [] {
    // The port of TCPMUX: nobody listens there, and a refusal is immediate.
    return grpc::CreateChannel("127.0.0.1:1",
                               grpc::InsecureChannelCredentials());
  };
  OmrServer server(options);
  const Answer<Response> answer = Ask(server, GradeRequestOf(QuizSheet()));
  EXPECT_EQ(answer.status.code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(answer.reason(), grade::kAlignUnavailable);
  EXPECT_TRUE(DetailsOf(answer.status)->retry_after.has_value());
  EXPECT_THAT(std::string(answer.status.message()), HasSubstr("align"));
}

TEST(GradeWithAlignElsewhere, AnAnswerWithoutAHomographyIsUnavailable) {
  StrangeServer strange;
  OmrServer server(strange.Options());
  const Answer<Response> answer = Ask(server, GradeRequestOf(QuizSheet()));
  EXPECT_EQ(answer.status.code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(answer.reason(), grade::kAlignUnavailable);
}

TEST(GradeWithAlignElsewhere, AMapThatCannotBeInvertedIsAnError) {
  for (const double number : {0.0, std::numeric_limits<double>::quiet_NaN(),
                              std::numeric_limits<double>::infinity()}) {
    StrangeServer strange;
    for (int i = 0; i < 9; ++i) strange.service.answer.add_homography(number);
    OmrServer server(strange.Options());
    const Answer<Response> answer = Ask(server, GradeRequestOf(QuizSheet()));
    EXPECT_FALSE(answer.ok()) << number;
    EXPECT_EQ(answer.reason(), "HOMOGRAPHY_SINGULAR") << answer.status;
  }
}

TEST(GradeWithAlignElsewhere, TheServicesOwnFailureIsPassedOn) {
  StrangeServer strange;
  strange.service.status =
      ToGrpcStatus(Error(absl::StatusCode::kNotFound, "PAGE_NOT_FOUND")
                       .Message("the page was not found in the scan"));
  OmrServer server(strange.Options());
  const Answer<Response> answer = Ask(server, GradeRequestOf(QuizSheet()));
  EXPECT_EQ(answer.status.code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(answer.reason(), "PAGE_NOT_FOUND");
  EXPECT_EQ(strange.service.calls, 1);
}

TEST(GradeWithAlignElsewhere, AnUnknownReferenceIsSentOnce) {
  StrangeServer strange;
  strange.service.status =
      ToGrpcStatus(Error(absl::StatusCode::kNotFound, "REFERENCE_UNKNOWN")
                       .Resource("sightline.align.v1.Reference", "x"));
  OmrServer server(strange.Options());
  const Answer<Response> answer = Ask(server, GradeRequestOf(QuizSheet()));
  EXPECT_EQ(answer.reason(), "REFERENCE_UNKNOWN");
  EXPECT_EQ(strange.service.calls, 2);
  EXPECT_TRUE(strange.service.last_had_reference);
}

TEST(GradeWithAlignElsewhere, TheCallersDeadlineCancelsTheCallToAlign) {
  StrangeServer strange;
  strange.service.blocks = true;
  OmrServer server(strange.Options());
  const auto stub = server.Grade();
  grpc::ClientContext context;
  context.set_deadline(absl::ToChronoTime(absl::Now() + absl::Seconds(2)));
  Response response;
  const grpc::Status status =
      stub->GradeSheet(&context, GradeRequestOf(QuizSheet()), &response);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::DEADLINE_EXCEEDED);
  const absl::Time end = absl::Now() + absl::Seconds(20);
  while (!strange.service.was_cancelled && absl::Now() < end) {
    absl::SleepFor(absl::Milliseconds(5));
  }
  EXPECT_TRUE(strange.service.was_cancelled);
}

}  // namespace
}  // namespace sightline::omr
