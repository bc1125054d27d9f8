// Failures: from the wire, for people, and whether to try again.
#include "absl/strings/str_cat.h"
#include "common/status/error.h"
#include "common/status/grpc_status.h"
#include "gmock/gmock.h"
#include "google/rpc/error_details.pb.h"
#include "gtest/gtest.h"
#include "tools/sightline/client/connection.h"
#include "tools/sightline/client/retry.h"
#include "tools/sightline/client/rpc_error.h"
#include "tools/sightline/command.h"

namespace sightline::cli {
namespace {

google::rpc::Status FullStatus() {
  google::rpc::Status status;
  status.set_code(3);
  status.set_message("two fields are wrong");
  google::rpc::ErrorInfo info;
  info.set_reason("LAYOUT_INVALID");
  info.set_domain("sightline");
  (*info.mutable_metadata())["limit"] = "20000";
  status.add_details()->PackFrom(info);
  google::rpc::BadRequest bad;
  for (const char* field : {"layout.page", "layout.blocks[2].origin"}) {
    auto& violation = *bad.add_field_violations();
    violation.set_field(field);
    violation.set_description("lies outside\nthe page");
  }
  status.add_details()->PackFrom(bad);
  google::rpc::ResourceInfo resource;
  resource.set_resource_type("reference");
  resource.set_resource_name("ab12");
  status.add_details()->PackFrom(resource);
  google::rpc::PreconditionFailure precondition;
  auto& violation = *precondition.add_violations();
  violation.set_subject("model");
  violation.set_description("--model_file names it");
  status.add_details()->PackFrom(precondition);
  google::rpc::RetryInfo retry;
  retry.mutable_retry_delay()->set_seconds(1);
  retry.mutable_retry_delay()->set_nanos(500000000);
  status.add_details()->PackFrom(retry);
  // What nobody knows is passed over.
  status.add_details()->set_type_url("type.googleapis.com/some.Thing");
  return status;
}

TEST(FromRpcStatus, KeepsEveryDetail) {
  const absl::Status status = FromRpcStatus(FullStatus());
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  const ErrorDetails details = DetailsOf(status).value();
  EXPECT_EQ(details.reason, "LAYOUT_INVALID");
  EXPECT_EQ(details.metadata.at("limit"), "20000");
  ASSERT_EQ(details.fields.size(), 2u);
  EXPECT_EQ(details.fields[1].field, "layout.blocks[2].origin");
  EXPECT_EQ(details.retry_after, absl::Milliseconds(1500));
  EXPECT_EQ(details.resource->description, "ab12");
  EXPECT_EQ(details.precondition->subject, "model");
}

TEST(FromRpcStatus, MakesUnknownOfCodesThatDoNotExist) {
  google::rpc::Status status;
  EXPECT_TRUE(FromRpcStatus(status).ok());
  for (const int code : {-1, 17, 4711}) {
    status.set_code(code);
    EXPECT_EQ(FromRpcStatus(status).code(), absl::StatusCode::kUnknown);
  }
}

TEST(FromCall, SurvivesDetailsThatAreGarbage) {
  grpc::ClientContext context;
  const absl::Status status =
      FromCall({grpc::StatusCode::INTERNAL, "oh", "\xff\xff\xff"}, context);
  EXPECT_EQ(status.code(), absl::StatusCode::kInternal);
  EXPECT_EQ(status.message(), "oh");
  EXPECT_TRUE(FromCall(grpc::Status::OK, context).ok());
}

TEST(DescribeError, TellsPeopleWhatIsWrongAndWhatToDo) {
  EXPECT_EQ(DescribeError(FromRpcStatus(FullStatus())),
            "two fields are wrong\n"
            "  field: layout.page: lies outside the page\n"
            "  field: layout.blocks[2].origin: lies outside the page\n"
            "  missing: reference ab12\n"
            "  needs: model: --model_file names it\n"
            "  limit = 20000\n"
            "  retry: try again in 1.5s\n"
            "  code: INVALID_ARGUMENT, LAYOUT_INVALID\n");
  EXPECT_EQ(DescribeError(absl::AbortedError("")),
            "ABORTED\n  code: ABORTED\n");
  // A single violation that is the message stands there once.
  EXPECT_EQ(DescribeError(Error(absl::StatusCode::kInvalidArgument, "X")
                              .Field("a.b", "is odd")),
            "a.b: is odd\n  code: INVALID_ARGUMENT, X\n");
}

TEST(DescribeError, DisarmsWhatAServerSays) {
  EXPECT_EQ(DescribeError(absl::InternalError("a\x1b[2Jb\nc")),
            "a?[2Jb c\n  code: INTERNAL\n");
}

TEST(SummarizeError, IsOneLine) {
  EXPECT_EQ(SummarizeError(absl::NotFoundError("no\npage")),
            "no page (NOT_FOUND)");
}

TEST(ExitCode, IsTenPlusTheCode) {
  EXPECT_EQ(ExitCode(absl::OkStatus()), 0);
  EXPECT_EQ(ExitCode(absl::CancelledError("")), 11);
  EXPECT_EQ(ExitCode(absl::UnauthenticatedError("")), 26);
}

TEST(RetryDelay, FollowsItsRules) {
  const auto with_retry = [](absl::StatusCode code, absl::Duration delay) {
    return absl::Status(Error(code, "X").Message("m").RetryAfter(delay));
  };
  using Code = absl::StatusCode;
  EXPECT_EQ(RetryDelay(absl::OkStatus(), 0), std::nullopt);
  EXPECT_EQ(RetryDelay(absl::ResourceExhaustedError(""), 0), std::nullopt);
  EXPECT_EQ(RetryDelay(absl::InvalidArgumentError(""), 0), std::nullopt);
  EXPECT_EQ(
      RetryDelay(with_retry(Code::kResourceExhausted, absl::Milliseconds(70)),
                 5),
      absl::Milliseconds(70));
  EXPECT_EQ(RetryDelay(with_retry(Code::kUnavailable, absl::Seconds(9)), 0),
            absl::Seconds(9));
  // A hostile hour, and a time that has passed.
  EXPECT_EQ(RetryDelay(with_retry(Code::kResourceExhausted, absl::Hours(1)), 0),
            absl::Minutes(1));
  EXPECT_EQ(
      RetryDelay(with_retry(Code::kResourceExhausted, absl::Hours(-1)), 0),
      absl::ZeroDuration());
  const absl::Status unavailable = absl::UnavailableError("");
  EXPECT_EQ(RetryDelay(unavailable, 0), absl::Milliseconds(200));
  EXPECT_EQ(RetryDelay(unavailable, 2), absl::Milliseconds(800));
  EXPECT_EQ(RetryDelay(unavailable, 1000), absl::Seconds(5));
}

TEST(CallWithRetries, EndsAtTheDeadlineAndTheLimit) {
  int calls = 0;
  const auto fail = [&calls] {
    ++calls;
    return absl::Status(Error(absl::StatusCode::kResourceExhausted, "BUSY")
                            .RetryAfter(absl::Milliseconds(1)));
  };
  EXPECT_FALSE(
      CallWithRetries(2, absl::InfiniteFuture(), StopToken(), fail).ok());
  EXPECT_EQ(calls, 3);
  calls = 0;
  EXPECT_FALSE(CallWithRetries(2, absl::Now(), StopToken(), fail).ok());
  EXPECT_EQ(calls, 1);
  StopSource stop;
  stop.Stop(absl::CancelledError("enough"));
  calls = 0;
  EXPECT_EQ(
      CallWithRetries(2, absl::InfiniteFuture(), stop.token(), fail).code(),
      absl::StatusCode::kCancelled);
  EXPECT_EQ(calls, 0);
}

}  // namespace
}  // namespace sightline::cli
