#include "common/status/grpc_status.h"

#include <google/protobuf/any.pb.h>
#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "common/status/error.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"

namespace sightline {
namespace {

absl::Status Everything() {
  return Error(absl::StatusCode::kResourceExhausted, "EVERYTHING")
      .Message("what happened")
      .Field("scan.encoded", "is wrong")
      .Field("", "so is the rest")
      .RetryAfter(absl::Seconds(2) + absl::Nanoseconds(5))
      .Quota("memory_budget", "too much")
      .Resource("type", "name")
      .Precondition("model", "provide it")
      .With("limit", "20000");
}

TEST(GrpcStatus, KeepsEverythingOnTheWayThereAndBack) {
  const absl::Status status = Everything();
  const absl::Status back = FromGrpcStatus(ToGrpcStatus(status));
  EXPECT_EQ(back.code(), status.code());
  EXPECT_EQ(back.message(), status.message());
  EXPECT_EQ(DetailsOf(back), DetailsOf(status));
  EXPECT_EQ(DetailsOf(FromRpcStatus(ToRpcStatus(status))), DetailsOf(status));
}

TEST(GrpcStatus, OkStaysOk) {
  EXPECT_TRUE(ToGrpcStatus(absl::OkStatus()).ok());
  EXPECT_TRUE(FromGrpcStatus(grpc::Status::OK).ok());
  EXPECT_TRUE(FromRpcStatus(ToRpcStatus(absl::OkStatus())).ok());
}

TEST(GrpcStatus, EveryCodeHasTheSameNumber) {
  for (int code = 1; code <= 16; ++code) {
    const absl::Status status(static_cast<absl::StatusCode>(code), "m");
    EXPECT_EQ(static_cast<int>(ToGrpcStatus(status).error_code()), code);
    EXPECT_EQ(static_cast<int>(FromGrpcStatus(ToGrpcStatus(status)).code()),
              code);
  }
}

TEST(GrpcStatus, ADetaillessFailureStillHasAReason) {
  const google::rpc::Status rpc = ToRpcStatus(absl::NotFoundError("gone"));
  google::rpc::ErrorInfo info;
  ASSERT_EQ(rpc.details_size(), 1);
  ASSERT_TRUE(rpc.details(0).UnpackTo(&info));
  EXPECT_EQ(info.reason(), "NOT_FOUND");
  EXPECT_EQ(info.domain(), "sightline");
}

// gRPC's own failures carry no details: no reason is made up.
TEST(GrpcStatus, AForeignFailureHasNoReason) {
  const absl::Status status =
      FromGrpcStatus(grpc::Status(grpc::StatusCode::UNAVAILABLE, "refused"));
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(DetailsOf(status).value_or(ErrorDetails{}).reason, "");
}

TEST(GrpcStatus, DetailsThatCannotBeReadAreLeftOut) {
  for (const char* garbage : {"\xff\xff\xff", "no protobuf"}) {
    const absl::Status status = FromGrpcStatus(
        grpc::Status(grpc::StatusCode::INTERNAL, "broken", garbage));
    EXPECT_EQ(status.code(), absl::StatusCode::kInternal);
    EXPECT_EQ(status.message(), "broken");
  }
  google::rpc::Status rpc;
  rpc.set_code(5);
  rpc.add_details()->set_type_url("type.googleapis.com/nobody.Knows");
  EXPECT_EQ(FromRpcStatus(rpc).code(), absl::StatusCode::kNotFound);
}

// Messages may quote a caller's bytes, and protobuf wants UTF-8.
TEST(GrpcStatus, WhatIsNotPrintableIsReplaced) {
  const absl::Status status =
      Error(absl::StatusCode::kInvalidArgument, "QUOTES")
          .Message(
              "a\x01"
              "b\xff"
              "c\xc3\xa9\xed\xa0\x80")
          .Field("x\n", "y\x7f")
          .With("k\xc0\xaf", "v");
  const google::rpc::Status rpc = ToRpcStatus(status);
  EXPECT_EQ(rpc.message(), "a?b?c\xc3\xa9???");
  google::rpc::Status parsed;
  ASSERT_TRUE(parsed.ParseFromString(rpc.SerializeAsString()));
  const absl::Status back = FromRpcStatus(parsed);
  EXPECT_EQ(DetailsOf(back)->fields[0].field, "x?");
  EXPECT_EQ(DetailsOf(back)->fields[0].description, "y?");
}

// Clients take 8 KiB of trailers: more would hide the failure altogether.
TEST(GrpcStatus, WhateverIsSaidFitsTheTrailers) {
  for (const char* letter : {"x", "\xc3\xa9"}) {
    std::string text;
    for (int i = 0; i < 3000; ++i) text += letter;
    Error error(absl::StatusCode::kInvalidArgument, "MANY");
    error.Message(text).Resource(text, text).With("limit", text);
    for (int i = 0; i < 1000; ++i) {
      error.Field(absl::StrCat("layout.blocks[", i, "]"), text);
    }
    const absl::Status status = error;
    const grpc::Status wire = ToGrpcStatus(status);
    // Percent-encoding and base64.
    const size_t message_bytes =
        wire.error_message().size() * (letter[1] == 0 ? 1 : 3);
    EXPECT_LT(message_bytes + wire.error_details().size() * 4 / 3, 7900u);
    const absl::Status back = FromGrpcStatus(wire);
    EXPECT_EQ(DetailsOf(back)->reason, "MANY");
    EXPECT_EQ(DetailsOf(back)->fields[0].field, "layout.blocks[0]");
    EXPECT_GT(DetailsOf(back)->fields[0].description.size(), 200u);
  }
}

TEST(GrpcStatus, ShortViolationsAreAllTold) {
  Error error(absl::StatusCode::kInvalidArgument, "SOME");
  for (int i = 0; i < 12; ++i) {
    error.Field(absl::StrCat("layout.blocks[", i, "].origin"),
                "lies outside the page (x 2510 > width 2480)");
  }
  const absl::Status status = error;
  EXPECT_EQ(DetailsOf(FromGrpcStatus(ToGrpcStatus(status)))->fields.size(),
            12u);
}

}  // namespace
}  // namespace sightline
