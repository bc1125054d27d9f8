#include "common/server/server.h"

#include <grpcpp/ext/channelz_service_plugin.h>
#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/grpcpp.h>
#include <grpcpp/health_check_service_interface.h>
#include <grpcpp/resource_quota.h>

#include <algorithm>
#include <csignal>
#include <ctime>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/credentials/server_credentials.h"
#include "common/memory/control_group.h"
#include "common/memory/process_memory.h"
#include "common/observe/log.h"
#include "common/observe/metrics.h"
#include "common/server/grpc_service.h"
#include "common/server/memory_plan.h"
#include "common/server/reasons.h"
#include "common/server/runtime.h"
#include "common/status/error.h"
#include "common/status/status_macros.h"

namespace sightline {
namespace {

constexpr absl::Duration kHousekeepingInterval = absl::Milliseconds(250);
// Free memory goes back to the system once no call came for this long.
constexpr absl::Duration kReturnMemoryAfter = absl::Milliseconds(100);
// How long gRPC may take to close connections after the last call has left.
constexpr absl::Duration kCloseTimeout = absl::Seconds(3);

constexpr const char* kProbeNames[] = {"", "liveness", "readiness", "startup"};

void SetTransportArguments(grpc::ServerBuilder& builder,
                           const ServerOptions& options) {
  // Without these a waiting client's whole image sits in the transport
  // (figures: docs/operations.md, bench/chassis).
  builder.AddChannelArgument(GRPC_ARG_HTTP2_BDP_PROBE, 0);
  builder.AddChannelArgument(GRPC_ARG_HTTP2_STREAM_LOOKAHEAD_BYTES, 256 << 10);
  builder.AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS, 32);
  builder.AddChannelArgument(GRPC_ARG_MAX_METADATA_SIZE, 16 << 10);
  // Two servers on one port would share its calls without a word.
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
  // Dead peers are noticed; eager ones are told off.
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIME_MS, 60 * 1000);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, 20 * 1000);
  builder.AddChannelArgument(
      GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS, 10 * 1000);
  // Connections move now and then, so that new pods get their share.
  builder.AddChannelArgument(GRPC_ARG_MAX_CONNECTION_AGE_MS, 30 * 60 * 1000);
  builder.AddChannelArgument(GRPC_ARG_MAX_CONNECTION_AGE_GRACE_MS, 60 * 1000);
  builder.SetMaxReceiveMessageSize(static_cast<int>(options.max_message_bytes));
}

}  // namespace

class Server::Impl {
 public:
  explicit Impl(ServerOptions options) : server_metrics_(metrics_.registry()) {
    runtime_.options = std::move(options);
    runtime_.metrics = &server_metrics_;
    runtime_.timer = &timer_;
  }

  ~Impl() {
    if (server_ != nullptr) Stop();
  }

  void Add(std::unique_ptr<Service> service, double share, int threads) {
    Hosted hosted;
    hosted.service = std::move(service);
    hosted.share = share;
    hosted.threads = threads;
    hosted_.push_back(std::move(hosted));
  }

  absl::Status Start();
  void RunUntilSignal();
  void Drain(const std::function<bool()>& hurry);

  std::shared_ptr<grpc::Channel> InProcessChannel() {
    if (server_ == nullptr) return nullptr;
    return runtime_.internal_caller.Connect(*server_);
  }

  int queued_calls() const {
    int queued = 0;
    for (const Hosted& hosted : hosted_) {
      if (hosted.pool != nullptr) queued += hosted.pool->executor.queued();
    }
    return queued;
  }

  Metrics metrics_;
  int64_t aside_bytes_ = 0;
  // Null once it has failed.
  std::function<absl::Status()> readiness_;
  std::vector<std::function<void()>> at_drain_;
  int port_ = 0;
  MemoryPlan plan_;
  Runtime runtime_;

 private:
  struct Hosted {
    std::unique_ptr<Service> service;
    double share = 1;
    int threads = 0;
    std::unique_ptr<ServicePool> pool;
    std::unique_ptr<GrpcService> grpc_service;
  };

  absl::Status MakePools();
  absl::Status Listen();
  void Housekeeping();
  void SetServing(bool serving);
  void Stop();

  ServerMetrics server_metrics_;
  Timer timer_;
  std::vector<Hosted> hosted_;
  std::unique_ptr<grpc::Server> server_;
  bool is_alive_ = true;  // Touched by the timer's thread alone.
};

absl::Status Server::Impl::Start() {
  SL_RETURN_IF_ERROR(MakePools());
  if (!runtime_.options.token_file.empty()) {
    SL_ASSIGN_OR_RETURN(runtime_.token,
                        BearerToken::FromFile(runtime_.options.token_file));
  }
  for (Hosted& hosted : hosted_) {
    SL_ASSIGN_OR_RETURN(
        hosted.grpc_service,
        GrpcService::Create(*hosted.service, runtime_, *hosted.pool));
  }
  SL_RETURN_IF_ERROR(Listen());
  if (!runtime_.options.metrics_listen.empty()) {
    metrics_.AtScrape([this] {
      for (const Hosted& hosted : hosted_) {
        ServicePool& pool = *hosted.pool;
        const std::string& name = hosted.service->full_name();
        server_metrics_.SetPool(absl::StrCat(name, "/stream"),
                                pool.session.capacity_bytes(),
                                pool.session.leased_bytes(), 0);
        server_metrics_.SetPool(absl::StrCat(name, "/request"),
                                pool.body.capacity_bytes(),
                                pool.body.leased_bytes(), pool.body.waiting());
        server_metrics_.SetPool(absl::StrCat(name, "/working"),
                                pool.work.capacity_bytes(),
                                pool.work.leased_bytes(), pool.work.waiting());
        server_metrics_.SetExecutor(name, pool.executor.threads(),
                                    pool.executor.busy(),
                                    pool.executor.queued());
      }
    });
    SL_RETURN_IF_ERROR(metrics_.Listen(runtime_.options.metrics_listen));
  }
  runtime_.gate.OnIdle([this] {
    timer_.At(absl::Now() + kReturnMemoryAfter, [this] {
      if (runtime_.gate.inside() == 0) ReturnFreeMemory();
    });
  });
  SetServing(true);
  Housekeeping();
  ReturnFreeMemory();
  Log(Severity::kInfo, "serving",
      {{"address", runtime_.options.listen},
       {"port", port_},
       {"metrics_port", metrics_.port()},
       {"tls", runtime_.options.tls.has_value()},
       {"token", runtime_.token.has_value()},
       {"process_limit_bytes", plan_.process_limit_bytes},
       {"idle_bytes", plan_.idle_bytes},
       {"call_bytes", plan_.call_bytes},
       {"threads", plan_.threads}});
  return absl::OkStatus();
}

absl::Status Server::Impl::MakePools() {
  std::vector<double> shares;
  for (const Hosted& hosted : hosted_) shares.push_back(hosted.share);
  SL_ASSIGN_OR_RETURN(
      plan_,
      PlanMemory(runtime_.options, ReadControlGroup(), MachineMemoryBytes(),
                 ResidentBytes() + aside_bytes_, shares));
  for (size_t i = 0; i < hosted_.size(); ++i) {
    Hosted& hosted = hosted_[i];
    ByteBudget::Options body;
    body.name = "request";
    body.capacity_bytes = plan_.services[i].body_bytes;
    body.max_waiting = runtime_.options.max_waiting;
    body.max_wait = runtime_.options.queue_timeout;
    ByteBudget::Options work = body;
    work.name = "working";
    work.capacity_bytes = plan_.services[i].work_bytes;
    ByteBudget::Options session = body;
    session.name = "stream";
    session.capacity_bytes = plan_.services[i].session_bytes;
    session.max_waiting = 0;
    Executor::Options executor;
    executor.name = hosted.service->full_name();
    executor.threads = hosted.threads > 0 ? hosted.threads : plan_.threads;
    executor.max_queued = runtime_.options.max_waiting;
    executor.max_wait = runtime_.options.queue_timeout;
    hosted.pool =
        std::make_unique<ServicePool>(std::move(session), std::move(body),
                                      std::move(work), std::move(executor));
  }
  return absl::OkStatus();
}

absl::Status Server::Impl::Listen() {
  const ServerOptions& options = runtime_.options;
  SL_ASSIGN_OR_RETURN(const auto credentials,
                      MakeServerCredentials(options.tls));
  if (!options.tls.has_value() && !IsLoopback(options.listen)) {
    Log(Severity::kWarning,
        "this server listens beyond loopback WITHOUT TLS: anybody who reaches "
        "it can read and change what is sent; see --tls_certificate",
        {{"address", options.listen}});
  }
  grpc::EnableDefaultHealthCheckService(true);
  if (options.reflection) {
    grpc::reflection::InitProtoReflectionServerBuilderPlugin();
  }
  if (options.channelz) {
    grpc::channelz::experimental::InitChannelzService();
  }
  grpc::ServerBuilder builder;
  builder.AddListeningPort(options.listen, credentials, &port_);
  SetTransportArguments(builder, options);
  // The last fuse, far above what admission lets in.
  grpc::ResourceQuota quota("sightline");
  quota.Resize(static_cast<size_t>(plan_.process_limit_bytes / 2));
  builder.SetResourceQuota(quota);
  for (const Hosted& hosted : hosted_) {
    builder.RegisterService(hosted.grpc_service.get());
  }
  server_ = builder.BuildAndStart();
  const bool is_unix = absl::StartsWith(options.listen, "unix:");
  if (server_ == nullptr || (port_ == 0 && !is_unix)) {
    server_ = nullptr;
    return Error(absl::StatusCode::kInvalidArgument, kBadConfiguration)
        .Message(absl::StrCat("cannot listen on ", options.listen,
                              " (--listen): is it host:port or unix:/path, "
                              "and is the port free?"));
  }
  return absl::OkStatus();
}

void Server::Impl::SetServing(bool serving) {
  auto* health = server_->GetHealthCheckService();
  for (const char* name : kProbeNames) {
    // A server that drains is alive.
    if (!serving && absl::string_view(name) == "liveness") continue;
    health->SetServingStatus(name, serving);
  }
  for (const Hosted& hosted : hosted_) {
    health->SetServingStatus(hosted.service->full_name(), serving);
  }
}

void Server::Impl::Housekeeping() {
  const absl::Time now = absl::Now();
  bool is_alive = true;
  for (const Hosted& hosted : hosted_) {
    hosted.pool->body.ExpireWaiting(now);
    hosted.pool->work.ExpireWaiting(now);
    const absl::Duration running = hosted.pool->executor.LongestRunning(now);
    if (running > runtime_.options.stall_timeout) is_alive = false;
  }
  if (is_alive != is_alive_) {
    is_alive_ = is_alive;
    Log(Severity::kError, is_alive ? "a stalled worker goes on"
                                   : "a worker computes one call for too long; "
                                     "liveness fails");
    server_->GetHealthCheckService()->SetServingStatus("liveness", is_alive);
  }
  if (readiness_ != nullptr) {
    const absl::Status ready = readiness_();
    if (!ready.ok()) {
      readiness_ = nullptr;
      Log(Severity::kError, "readiness fails from now on",
          {{"problem", std::string(ready.message())}});
      server_->GetHealthCheckService()->SetServingStatus("readiness", false);
    }
  }
  timer_.At(now + kHousekeepingInterval, [this] { Housekeeping(); });
}

void Server::Impl::RunUntilSignal() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  int signal = 0;
  sigwait(&signals, &signal);
  Log(Severity::kInfo, "draining",
      {{"signal", signal == SIGTERM ? "SIGTERM" : "SIGINT"},
       {"calls", runtime_.gate.inside()}});
  Drain([&signals] {
    const timespec no_wait{};
    return sigtimedwait(&signals, nullptr, &no_wait) > 0;
  });
  Log(Severity::kInfo, "stopped");
}

void Server::Impl::Drain(const std::function<bool()>& hurry) {
  if (server_ == nullptr) return;
  SetServing(false);
  for (const auto& function : std::exchange(at_drain_, {})) function();
  constexpr absl::Duration kStep = absl::Milliseconds(50);
  const absl::Time refuse_at = absl::Now() + runtime_.options.predrain;
  bool hurried = false;
  while (!hurried && absl::Now() < refuse_at) {
    absl::SleepFor(std::min(kStep, refuse_at - absl::Now()));
    hurried = hurry();
  }
  runtime_.gate.BeginDrain();
  const absl::Time stop_at = absl::Now() + runtime_.options.drain_timeout;
  bool is_empty = runtime_.gate.WaitUntilEmpty(absl::Now());
  while (!hurried && !is_empty && absl::Now() < stop_at) {
    is_empty =
        runtime_.gate.WaitUntilEmpty(std::min(stop_at, absl::Now() + kStep));
    hurried = hurry();
  }
  if (!is_empty) {
    Log(Severity::kWarning, "calls are stopped: the drain time is over",
        {{"calls", runtime_.gate.inside()}});
  }
  Stop();
}

void Server::Impl::Stop() {
  runtime_.gate.BeginDrain();
  runtime_.gate.AbortRemaining();
  runtime_.gate.WaitUntilEmpty(absl::Now() + kCloseTimeout);
  server_->Shutdown(absl::ToChronoTime(absl::Now() + kCloseTimeout));
  server_->Wait();
  // Callbacks have ended; tasks that still run end before their pools do.
  for (Hosted& hosted : hosted_) hosted.pool->executor.Close();
  server_ = nullptr;
}

Server::Server(ServerOptions options)
    : impl_(std::make_unique<Impl>(std::move(options))) {}

Server::~Server() = default;

void Server::Add(std::unique_ptr<Service> service, double memory_share,
                 int threads) {
  impl_->Add(std::move(service), memory_share, threads);
}

void Server::SetReadiness(std::function<absl::Status()> check) {
  impl_->readiness_ = std::move(check);
}

void Server::AtDrain(std::function<void()> function) {
  impl_->at_drain_.push_back(std::move(function));
}

void Server::SetAside(int64_t bytes) { impl_->aside_bytes_ += bytes; }

absl::Status Server::Start() { return impl_->Start(); }

void Server::RunUntilSignal() { impl_->RunUntilSignal(); }

void Server::Drain() {
  impl_->Drain([] { return false; });
}

std::shared_ptr<grpc::Channel> Server::InProcessChannel() {
  return impl_->InProcessChannel();
}

prometheus::Registry& Server::metrics_registry() {
  return impl_->metrics_.registry();
}

const ServerOptions& Server::options() const { return impl_->runtime_.options; }

int Server::port() const { return impl_->port_; }

int Server::metrics_port() const { return impl_->metrics_.port(); }

int64_t Server::call_memory_bytes() const { return impl_->plan_.call_bytes; }

int Server::queued_calls() const { return impl_->queued_calls(); }

}  // namespace sightline
