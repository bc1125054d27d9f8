// Leaving without losing a call.
#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

#include "absl/time/clock.h"
#include "common/status/error.h"
#include "common/status/grpc_status.h"
#include "grpc/health/v1/health.grpc.pb.h"
#include "tests/support/probe/probe_service.h"

namespace sightline::probe {
namespace {

v1::DigestRequest Spin(int stages, int stage_ms) {
  v1::DigestRequest request;
  request.mutable_work()->set_stages(stages);
  request.mutable_work()->set_stage_ms(stage_ms);
  return request;
}

absl::Status Digest(v1::ProbeService::Stub& stub,
                    const v1::DigestRequest& request) {
  grpc::ClientContext context;
  v1::DigestResponse response;
  return FromGrpcStatus(stub.Digest(&context, request, &response));
}

TEST(Drain, FinishesEveryAcceptedCallAndRefusesNewOnes) {
  ProbeServer server;
  std::atomic<bool> over = false;
  std::atomic<int> answered = 0, refused = 0, lost = 0;
  std::vector<std::thread> clients;
  for (int i = 0; i < 6; ++i) {
    clients.emplace_back([&] {
      const auto stub = server.Stub();
      while (!over) {
        const absl::Status status = Digest(*stub, Spin(2, 20));
        const auto details = DetailsOf(status);
        if (status.ok()) {
          ++answered;
        } else if (absl::IsUnavailable(status) ||
                   (absl::IsCancelled(status) &&
                    (!details.has_value() || details->reason.empty()))) {
          // gRPC itself, not we, says CANCELLED (without a reason) to a call
          // that meets a closing connection: it was never accepted.
          // Refused at the gate, or the connection is closed already.
          ++refused;
          absl::SleepFor(absl::Milliseconds(5));
        } else {
          ++lost;
          ADD_FAILURE() << status;
        }
      }
    });
  }
  while (answered < 20) absl::SleepFor(absl::Milliseconds(2));
  server.server().Drain();
  EXPECT_EQ(server.service().inside(), 0);
  over = true;
  for (std::thread& client : clients) client.join();
  EXPECT_EQ(lost, 0);
  EXPECT_GT(refused, 0);
}

TEST(Drain, ACallInsideTheProcessIsStillPossible) {
  // Forward() calls Digest of the same server over its in-process channel
  // after the drain has begun.
  ServerOptions options = TestOptions();
  options.threads = 1;
  auto inner = std::make_unique<ProbeService>();
  Server server(options);
  std::atomic<bool> may_go = false;
  auto outer = std::make_unique<ProbeService>([&]() {
    while (!may_go) absl::SleepFor(absl::Milliseconds(1));
    return server.InProcessChannel();
  });
  ProbeService* const outer_service = outer.get();
  (void)outer_service;
  server.Add(std::move(outer), 1, /*threads=*/2);
  ASSERT_TRUE(server.Start().ok());
  const auto channel =
      grpc::CreateChannel(absl::StrCat("127.0.0.1:", server.port()),
                          grpc::InsecureChannelCredentials());
  absl::Status status;
  std::thread client([&] {
    const auto stub = v1::ProbeService::NewStub(channel);
    grpc::ClientContext context;
    v1::DigestResponse response;
    status = FromGrpcStatus(stub->Forward(&context, Spin(1, 1), &response));
  });
  absl::SleepFor(absl::Milliseconds(200));
  std::thread drain([&] { server.Drain(); });
  absl::SleepFor(absl::Milliseconds(100));
  may_go = true;
  client.join();
  drain.join();
  EXPECT_TRUE(status.ok()) << status;
}

TEST(Drain, StopsWhatOutlastsItsTime) {
  ServerOptions options = TestOptions();
  options.drain_timeout = absl::Milliseconds(100);
  ProbeServer server(options);
  absl::Status status;
  std::thread client(
      [&] { status = Digest(*server.Stub(), Spin(100000, 10)); });
  while (server.service().inside() == 0) {
    absl::SleepFor(absl::Milliseconds(1));
  }
  server.server().Drain();
  client.join();
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(DetailsOf(status)->reason, "DRAINING");
}

TEST(Drain, ReportsNotServingBeforeItRefuses) {
  ServerOptions options = TestOptions();
  options.predrain = absl::Milliseconds(500);
  ProbeServer server(options);
  const auto health = grpc::health::v1::Health::NewStub(server.Connect());
  const auto check = [&](const char* name) {
    grpc::ClientContext context;
    grpc::health::v1::HealthCheckRequest request;
    request.set_service(name);
    grpc::health::v1::HealthCheckResponse response;
    EXPECT_TRUE(health->Check(&context, request, &response).ok());
    return response.status();
  };
  using Response = grpc::health::v1::HealthCheckResponse;
  EXPECT_EQ(check("readiness"), Response::SERVING);
  std::thread drain([&] { server.server().Drain(); });
  while (check("readiness") == Response::SERVING) {
    absl::SleepFor(absl::Milliseconds(1));
  }
  EXPECT_EQ(check(""), Response::NOT_SERVING);
  EXPECT_EQ(check("liveness"), Response::SERVING);
  EXPECT_TRUE(Digest(*server.Stub(), Spin(1, 1)).ok())
      << "calls are accepted until the pre-drain time is over";
  drain.join();
}

}  // namespace
}  // namespace sightline::probe
