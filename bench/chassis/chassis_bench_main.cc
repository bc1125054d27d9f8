// What the server chassis costs, measured at a server in a process of its own.
//
//   chassis_bench [--json]
//
// Latencies are of a loopback connection and of the machine as busy as it is;
// memory is that of the server's process alone.
#include <grpcpp/grpcpp.h>

#include <atomic>
#include <cstdio>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "bench/support/figures.h"
#include "common/status/grpc_status.h"
#include "common/status/status_macros.h"
#include "grpc/health/v1/health.grpc.pb.h"
#include "tests/support/probe/probe.grpc.pb.h"
#include "tests/support/process/server_program.h"

namespace sightline::bench {
namespace {

using probe::v1::ProbeService;
using process::ServerProgram;
using process::ServerProgramOptions;

constexpr int kClients = 16;
constexpr size_t kPayloadBytes = 6 << 20;
constexpr int kPayloadsPerClient = 4;
constexpr size_t kChunkBytes = 256 << 10;

absl::StatusOr<std::unique_ptr<ServerProgram>> StartServer() {
  ServerProgramOptions options;
  // As a pod has it.
  options.flags = {"--memory_budget=512MiB", "--predrain=0s"};
  return ServerProgram::Start("noop_server", options);
}

absl::Status Digest(ProbeService::Stub& stub,
                    const probe::v1::DigestRequest& request) {
  grpc::ClientContext context;
  probe::v1::DigestResponse response;
  return FromGrpcStatus(stub.Digest(&context, request, &response));
}

absl::StatusOr<double> NoopMicroseconds(ServerProgram& server) {
  constexpr int kWarmUp = 500;
  constexpr int kCalls = 5000;
  const auto stub = ProbeService::NewStub(server.Connect());
  std::vector<double> microseconds;
  for (int i = 0; i < kWarmUp + kCalls; ++i) {
    const absl::Time start = absl::Now();
    SL_RETURN_IF_ERROR(Digest(*stub, {}));
    if (i < kWarmUp) continue;
    microseconds.push_back(absl::ToDoubleMicroseconds(absl::Now() - start));
  }
  return Percentile(std::move(microseconds), 0.5);
}

// Runs `client` on kClients threads; returns the first failure.
absl::Status AtOnce(const std::function<absl::Status()>& client) {
  std::mutex mutex;
  absl::Status failure;
  std::vector<std::thread> threads;
  for (int i = 0; i < kClients; ++i) {
    threads.emplace_back([&] {
      const absl::Status status = client();
      std::lock_guard<std::mutex> lock(mutex);
      failure.Update(status);
    });
  }
  for (std::thread& thread : threads) thread.join();
  return failure;
}

absl::Status SendUnary(ServerProgram& server) {
  const auto stub = ProbeService::NewStub(server.Connect());
  probe::v1::DigestRequest request;
  request.set_data(std::string(kPayloadBytes, 'x'));
  for (int i = 0; i < kPayloadsPerClient; ++i) {
    SL_RETURN_IF_ERROR(Digest(*stub, request));
  }
  return absl::OkStatus();
}

absl::Status SendStream(ServerProgram& server) {
  const auto stub = ProbeService::NewStub(server.Connect());
  grpc::ClientContext context;
  const auto stream = stub->DigestStream(&context);
  probe::v1::DigestStreamRequest part;
  part.mutable_settings();
  bool intact = stream->Write(part);
  for (int i = 0; intact && i < kPayloadsPerClient; ++i) {
    part.mutable_item()->set_id(absl::StrCat(i));
    part.mutable_item()->set_byte_size(kPayloadBytes);
    intact = stream->Write(part);
    part.set_chunk(std::string(kChunkBytes, 'x'));
    for (size_t sent = 0; intact && sent < kPayloadBytes; sent += kChunkBytes) {
      intact = stream->Write(part);
    }
  }
  stream->WritesDone();
  int answered = 0;
  probe::v1::DigestStreamResponse answer;
  while (stream->Read(&answer)) answered += answer.has_result();
  SL_RETURN_IF_ERROR(FromGrpcStatus(stream->Finish()));
  if (answered == kPayloadsPerClient) return absl::OkStatus();
  return absl::InternalError(absl::StrCat(answered, " of ", kPayloadsPerClient,
                                          " payloads were answered"));
}

// The most memory a fresh server takes while `send` runs on all clients.
absl::StatusOr<double> PeakMegabytes(absl::Status (*send)(ServerProgram&)) {
  SL_ASSIGN_OR_RETURN(const auto server, StartServer());
  SL_RETURN_IF_ERROR(AtOnce([&] { return send(*server); }));
  return ToMegabytes(server->process().PeakResidentBytes());
}

// How long health takes to answer while every worker computes and more calls
// wait.
absl::StatusOr<double> HealthMilliseconds(ServerProgram& server) {
  constexpr int kChecks = 1000;
  std::atomic<bool> over = false;
  std::atomic<int> computing = 0;
  absl::Status failure;
  std::thread load([&] {
    failure = AtOnce([&]() -> absl::Status {
      const auto stub = ProbeService::NewStub(server.Connect());
      probe::v1::DigestRequest request;
      request.mutable_work()->set_stages(1);
      request.mutable_work()->set_stage_ms(100);
      while (!over) {
        SL_RETURN_IF_ERROR(Digest(*stub, request));
        ++computing;
      }
      return absl::OkStatus();
    });
  });
  while (computing == 0) absl::SleepFor(absl::Milliseconds(1));
  const auto health = grpc::health::v1::Health::NewStub(server.Connect());
  std::vector<double> milliseconds;
  absl::Status checked;
  for (int i = 0; i < kChecks && checked.ok(); ++i) {
    grpc::ClientContext context;
    grpc::health::v1::HealthCheckResponse response;
    const absl::Time start = absl::Now();
    checked = FromGrpcStatus(health->Check(&context, {}, &response));
    milliseconds.push_back(absl::ToDoubleMilliseconds(absl::Now() - start));
    absl::SleepFor(absl::Milliseconds(2));
  }
  over = true;
  load.join();
  SL_RETURN_IF_ERROR(checked);
  SL_RETURN_IF_ERROR(failure);
  return Percentile(std::move(milliseconds), 0.99);
}

absl::StatusOr<std::vector<Figure>> Measure() {
  std::vector<Figure> figures;
  {
    SL_ASSIGN_OR_RETURN(const auto server, StartServer());
    absl::SleepFor(absl::Seconds(1));
    const int64_t idle_bytes = server->process().ResidentBytes();
    SL_ASSIGN_OR_RETURN(const double noop, NoopMicroseconds(*server));
    figures.push_back({"chassis_noop_p50_us", noop, "us"});
    figures.push_back({"chassis_idle_rss_mb", ToMegabytes(idle_bytes), "MB"});
  }
  SL_ASSIGN_OR_RETURN(const double stream_peak, PeakMegabytes(SendStream));
  figures.push_back({"chassis_peak_rss_16x6mb_mb", stream_peak, "MB"});
  SL_ASSIGN_OR_RETURN(const double unary_peak, PeakMegabytes(SendUnary));
  figures.push_back({"chassis_peak_rss_16x6mb_unary_mb", unary_peak, "MB"});
  SL_ASSIGN_OR_RETURN(const auto server, StartServer());
  SL_ASSIGN_OR_RETURN(const double health, HealthMilliseconds(*server));
  figures.push_back({"chassis_health_under_load_p99_ms", health, "ms"});
  return figures;
}

}  // namespace
}  // namespace sightline::bench

int main(int argc, char** argv) {
  return sightline::bench::RunBenchmark(argc, argv, sightline::bench::Measure);
}
