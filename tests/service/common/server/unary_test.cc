// Unary calls over real TCP: what every service inherits from the chassis.
#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <grpcpp/impl/codegen/client_unary_call.h>
#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <vector>

#include "absl/time/clock.h"
#include "common/status/error.h"
#include "common/status/grpc_status.h"
#include "grpc/health/v1/health.grpc.pb.h"
#include "tests/support/probe/probe_service.h"

namespace sightline::probe {
namespace {

using testing::HasSubstr;

struct Answer {
  absl::Status status;
  v1::DigestResponse response;
  std::multimap<std::string, std::string> trailers;
  std::string reason() const {
    const auto details = DetailsOf(status);
    return details.has_value() ? details->reason : "";
  }
};

Answer Digest(v1::ProbeService::Stub& stub, const v1::DigestRequest& request,
              absl::Duration deadline = absl::Seconds(30)) {
  grpc::ClientContext context;
  context.set_deadline(absl::ToChronoTime(absl::Now() + deadline));
  Answer answer;
  answer.status =
      FromGrpcStatus(stub.Digest(&context, request, &answer.response));
  for (const auto& [key, value] : context.GetServerTrailingMetadata()) {
    answer.trailers.emplace(std::string(key.data(), key.size()),
                            std::string(value.data(), value.size()));
  }
  return answer;
}

v1::DigestRequest Spin(int stages, int stage_ms) {
  v1::DigestRequest request;
  request.mutable_work()->set_stages(stages);
  request.mutable_work()->set_stage_ms(stage_ms);
  return request;
}

void WaitUntil(const std::function<bool()>& condition) {
  const absl::Time end = absl::Now() + absl::Seconds(20);
  while (!condition() && absl::Now() < end) {
    absl::SleepFor(absl::Milliseconds(2));
  }
  ASSERT_TRUE(condition());
}

TEST(Unary, AnswersWithWhatItCost) {
  ProbeServer server;
  v1::DigestRequest request = Spin(2, 1);
  request.set_data(std::string(1000, 3));
  request.mutable_work()->set_reserve_bytes(12345);
  const Answer answer = Digest(*server.Stub(), request);
  ASSERT_TRUE(answer.status.ok()) << answer.status;
  EXPECT_EQ(answer.response.sum(), 3000);
  ASSERT_EQ(answer.response.cost().stages_size(), 3);
  EXPECT_EQ(answer.response.cost().stages(0).stage(), "begin");
  EXPECT_EQ(answer.response.cost().stages(1).stage(), "spin");
  EXPECT_GE(answer.response.cost().peak_reserved_bytes(), 12345);
}

TEST(Unary, ErrorsCarryReasonAndField) {
  ProbeServer server;
  v1::DigestRequest request;
  request.mutable_work()->set_fails(true);
  const Answer answer = Digest(*server.Stub(), request);
  EXPECT_EQ(answer.status.code(), absl::StatusCode::kInvalidArgument);
  const auto details = DetailsOf(answer.status);
  ASSERT_TRUE(details.has_value());
  EXPECT_EQ(details->reason, "PROBE_FAILED");
  ASSERT_EQ(details->fields.size(), 1);
  EXPECT_EQ(details->fields[0].field, "work.fails");
}

TEST(Unary, AnExceptionIsADefectNotACrash) {
  ProbeServer server;
  v1::DigestRequest request;
  request.mutable_work()->set_throws(true);
  const Answer answer = Digest(*server.Stub(), request);
  EXPECT_EQ(answer.status.code(), absl::StatusCode::kInternal);
  EXPECT_EQ(answer.reason(), "INTERNAL");
  EXPECT_THAT(std::string(answer.status.message()),
              testing::Not(HasSubstr("thrown by the probe")));
  EXPECT_TRUE(Digest(*server.Stub(), {}).status.ok());
}

TEST(Unary, MalformedRequestsAreTold) {
  ProbeServer server;
  // Field 2 (bytes) with a length beyond the message.
  const std::string garbage = "\x12\xff\xff\xff\x0f";
  grpc::Slice slice(garbage);
  grpc::ByteBuffer wire(&slice, 1), answer;
  grpc::ClientContext context;
  const auto channel = server.Connect();
  const grpc::internal::RpcMethod method(
      "/sightline.probe.v1.ProbeService/Digest",
      grpc::internal::RpcMethod::NORMAL_RPC, channel);
  const grpc::Status status =
      grpc::internal::BlockingUnaryCallImpl<grpc::ByteBuffer, grpc::ByteBuffer>(
          channel.get(), method, &context, wire, &answer)
          .status();
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(DetailsOf(FromGrpcStatus(status))->reason, "MALFORMED_REQUEST");
}

TEST(Unary, MessagesBeyondTheLimitAreRefused) {
  ServerOptions options = TestOptions();
  options.max_message_bytes = 1 << 20;
  ProbeServer server(options);
  v1::DigestRequest request;
  request.set_data(std::string((1 << 20) + 1, 'x'));
  const Answer answer = Digest(*server.Stub(), request);
  EXPECT_EQ(answer.status.code(), absl::StatusCode::kResourceExhausted)
      << answer.status;
  request.set_data(std::string(1000000, 'x'));
  EXPECT_TRUE(Digest(*server.Stub(), request).status.ok());
}

TEST(Unary, WhatNeverFitsIsToldWithTheLimitAndWithoutARetryTime) {
  ProbeServer server;
  v1::DigestRequest request;
  request.mutable_work()->set_reserve_bytes(int64_t{1} << 40);
  const Answer answer = Digest(*server.Stub(), request);
  EXPECT_EQ(answer.status.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(answer.reason(), "NEVER_FITS");
  EXPECT_FALSE(DetailsOf(answer.status)->retry_after.has_value());
  EXPECT_TRUE(DetailsOf(answer.status)->quota.has_value());
}

TEST(Unary, OverloadIsToldWithARetryTimeAndHonouringItSucceeds) {
  ServerOptions options = TestOptions();
  options.threads = 1;
  options.max_waiting = 1;
  ProbeServer server(options);
  std::vector<std::thread> clients;
  std::atomic<int> refused = 0, answered = 0;
  for (int i = 0; i < 6; ++i) {
    clients.emplace_back([&] {
      const auto stub = server.Stub();
      for (;;) {
        const Answer answer = Digest(*stub, Spin(1, 60));
        if (answer.status.ok()) {
          ++answered;
          return;
        }
        ASSERT_EQ(answer.status.code(), absl::StatusCode::kResourceExhausted);
        const auto details = DetailsOf(answer.status);
        ASSERT_TRUE(details->retry_after.has_value());
        EXPECT_EQ(answer.trailers.count("grpc-retry-pushback-ms"), 1);
        ++refused;
        absl::SleepFor(*details->retry_after);
      }
    });
  }
  for (std::thread& client : clients) client.join();
  EXPECT_EQ(answered, 6);
  EXPECT_GT(refused, 0) << "the test did not overload the server";
}

TEST(Unary, HealthAnswersWhileEveryWorkerComputes) {
  ProbeServer server;
  std::vector<std::thread> clients;
  for (int i = 0; i < 4; ++i) {
    clients.emplace_back([&] {
      EXPECT_TRUE(Digest(*server.Stub(), Spin(1, 1500)).status.ok());
    });
  }
  WaitUntil([&] { return server.service().inside() == 2; });
  const auto health = grpc::health::v1::Health::NewStub(server.Connect());
  for (const char* name : {"", "liveness", "readiness", "startup",
                           "sightline.probe.v1.ProbeService"}) {
    grpc::ClientContext context;
    grpc::health::v1::HealthCheckRequest request;
    grpc::health::v1::HealthCheckResponse response;
    request.set_service(name);
    ASSERT_TRUE(health->Check(&context, request, &response).ok()) << name;
    EXPECT_EQ(response.status(),
              grpc::health::v1::HealthCheckResponse::SERVING);
  }
  EXPECT_EQ(server.service().inside(), 2)
      << "health was answered only after the computations";
  for (std::thread& client : clients) client.join();
}

TEST(Unary, ACancelledCallFreesItsWorkerWithinOneStage) {
  ServerOptions options = TestOptions();
  options.threads = 1;
  ProbeServer server(options);
  const auto stub = server.Stub();
  grpc::ClientContext context;
  std::thread client([&] {
    v1::DigestResponse response;
    const grpc::Status status =
        stub->Digest(&context, Spin(100000, 20), &response);
    EXPECT_EQ(status.error_code(), grpc::StatusCode::CANCELLED);
  });
  WaitUntil([&] { return server.service().stages_begun() >= 2; });
  context.TryCancel();
  client.join();
  WaitUntil([&] { return server.service().inside() == 0; });
  const int stages = server.service().stages_begun();
  EXPECT_LT(stages, 100000);
  EXPECT_TRUE(Digest(*server.Stub(), Spin(1, 1)).status.ok());
}

TEST(Unary, ADeadlineStopsTheComputation) {
  ServerOptions options = TestOptions();
  options.threads = 1;
  ProbeServer server(options);
  const Answer answer =
      Digest(*server.Stub(), Spin(100000, 20), absl::Milliseconds(200));
  EXPECT_EQ(answer.status.code(), absl::StatusCode::kDeadlineExceeded);
  WaitUntil([&] { return server.service().inside() == 0; });
  EXPECT_LT(server.service().stages_begun(), 100000);
}

TEST(Unary, ACallWhoseClientLeftWhileItWaitedIsNotComputed) {
  ServerOptions options = TestOptions();
  options.threads = 1;
  ProbeServer server(options);
  std::thread busy(
      [&] { EXPECT_TRUE(Digest(*server.Stub(), Spin(1, 500)).status.ok()); });
  WaitUntil([&] { return server.service().inside() == 1; });
  const Answer waiting =
      Digest(*server.Stub(), Spin(1, 1), absl::Milliseconds(100));
  EXPECT_EQ(waiting.status.code(), absl::StatusCode::kDeadlineExceeded);
  busy.join();
  EXPECT_TRUE(Digest(*server.Stub(), {}).status.ok());
  EXPECT_EQ(server.service().stages_begun(), 1);
}

TEST(Unary, AClientThatStopsHalfwayIsGivenUp) {
  ServerOptions options = TestOptions();
  options.body_timeout = absl::Milliseconds(100);
  ProbeServer server(options);
  // A unary method reads like a stream on the server: open one, send nothing.
  const auto channel = server.Connect();
  grpc::ClientContext context;
  const grpc::internal::RpcMethod method(
      "/sightline.probe.v1.ProbeService/Digest",
      grpc::internal::RpcMethod::BIDI_STREAMING, channel);
  std::unique_ptr<
      grpc::ClientReaderWriter<v1::DigestRequest, v1::DigestResponse>>
      stream(grpc::internal::ClientReaderWriterFactory<
             v1::DigestRequest, v1::DigestResponse>::Create(channel.get(),
                                                            method, &context));
  v1::DigestResponse response;
  EXPECT_FALSE(stream->Read(&response));
  const absl::Status status = FromGrpcStatus(stream->Finish());
  EXPECT_EQ(status.code(), absl::StatusCode::kDeadlineExceeded);
  EXPECT_EQ(DetailsOf(status)->reason, "BODY_TIMEOUT");
  EXPECT_TRUE(Digest(*server.Stub(), {}).status.ok());
}

TEST(Unary, WaitingForMemoryHoldsRequestsBackAndLosesNone) {
  ServerOptions options = TestOptions();
  // Room for one request at a time and one call's working memory.
  options.max_message_bytes = 8 << 20;
  ProbeServer probe_for_size(options);
  options.memory_budget_bytes = int64_t{96} << 20;
  ProbeServer server(options);
  std::vector<std::thread> clients;
  std::atomic<int> answered = 0;
  for (int i = 0; i < 12; ++i) {
    clients.emplace_back([&] {
      v1::DigestRequest request = Spin(1, 5);
      request.set_data(std::string(2 << 20, 1));
      request.mutable_work()->set_reserve_bytes(9 << 20);
      const Answer answer = Digest(*server.Stub(), request);
      if (answer.status.ok()) ++answered;
      EXPECT_TRUE(answer.status.ok()) << answer.status;
    });
  }
  for (std::thread& client : clients) client.join();
  EXPECT_EQ(answered, 12);
}

}  // namespace
}  // namespace sightline::probe
