#include "tests/support/probe/probe_service.h"

#include <grpcpp/grpcpp.h>

#include <cstdio>
#include <cstdlib>
#include <stdexcept>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/status/error.h"
#include "common/status/grpc_status.h"
#include "common/status/status_macros.h"

namespace sightline::probe {

ProbeService::ProbeService(ChannelSource forward)
    : Service(v1::ProbeService::service_full_name()),
      forward_(std::move(forward)) {
  Unary<v1::DigestRequest, v1::DigestResponse>(
      "Digest", [this](Call& call, const v1::DigestRequest& request) {
        return Digest(call, request.work(), request.data());
      });
  Unary<v1::DigestRequest, v1::DigestResponse>(
      "Forward", [this](Call& call, const v1::DigestRequest& request) {
        return Forward(call, request);
      });
  AnswerStream<v1::CountRequest, v1::CountResponse>(
      "Count",
      [this](Call&, const v1::CountRequest& request, StreamWaker waker) {
        return Count(request, std::move(waker));
      });
  Conveyor<v1::DigestStreamRequest, v1::DigestStreamResponse>(
      "DigestStream",
      [this](Call&, const v1::Work& work)
          -> absl::StatusOr<ItemFunction<v1::DigestResponse>> {
        if (work.stages() < 0) {
          return Error(absl::StatusCode::kInvalidArgument, "PROBE_FAILED")
              .Field("settings.stages", "must not be negative");
        }
        return ItemFunction<v1::DigestResponse>(
            [this, work](Call& call, const ConveyorItem& item) {
              v1::Work own = work;
              // An item named "bad..." fails, whatever the settings.
              if (item.header.id().rfind("bad", 0) == 0) own.set_fails(true);
              return Digest(call, own, item.bytes);
            });
      });
  ConveyorInOrder<v1::DigestStreamRequest, v1::DigestStreamResponse>(
      "DigestInOrder", [this](Call&, const v1::Work& work) {
        return absl::StatusOr<ItemFunction<v1::DigestResponse>>(
            [this, work](Call& call, const ConveyorItem& item) {
              return DigestItemInOrder(call, work, item);
            });
      });
}

absl::StatusOr<v1::DigestResponse> ProbeService::DigestItemInOrder(
    Call& call, const v1::Work& work, const ConveyorItem& item) {
  v1::Work own = work;
  const std::string& id = item.header.id();
  if (id.rfind("slow", 0) != 0) own.clear_stages();
  if (id.rfind("bad", 0) == 0) own.set_fails(true);
  return Digest(call, own, item.bytes);
}

absl::StatusOr<v1::DigestResponse> ProbeService::Digest(
    Call& call, const v1::Work& work, absl::string_view data) {
  struct Inside {
    explicit Inside(std::atomic<int>& n) : count(n) { ++count; }
    ~Inside() { --count; }
    std::atomic<int>& count;
  } inside(inside_);
  for (int most = most_inside_; inside_ > most;) {
    if (most_inside_.compare_exchange_weak(most, inside_)) break;
  }
  SL_RETURN_IF_ERROR(call.EnterStage("begin"));
  if (work.throws()) throw std::runtime_error("thrown by the probe");
  if (work.fails()) {
    return Error(absl::StatusCode::kInvalidArgument, "PROBE_FAILED")
        .Field("work.fails", "was asked for");
  }
  SL_RETURN_IF_ERROR(call.Reserve(work.reserve_bytes()));
  for (int i = 0; i < work.stages(); ++i) {
    SL_RETURN_IF_ERROR(call.EnterStage("spin"));
    ++stages_begun_;
    const absl::Time end = absl::Now() + absl::Milliseconds(work.stage_ms());
    while (absl::Now() < end) {
      // Computing, not sleeping: that is what must not block others.
    }
  }
  v1::DigestResponse response;
  uint64_t sum = 0;
  for (const char byte : data) sum += static_cast<unsigned char>(byte);
  response.set_sum(sum);
  *response.mutable_cost() = call.Cost();
  return response;
}

absl::StatusOr<v1::DigestResponse> ProbeService::Forward(
    Call& call, const v1::DigestRequest& request) {
  SL_RETURN_IF_ERROR(call.EnterStage("forward"));
  const auto stub = v1::ProbeService::NewStub(forward_());
  grpc::ClientContext context;
  v1::DigestResponse response;
  const grpc::Status status = stub->Digest(&context, request, &response);
  if (!status.ok()) return FromGrpcStatus(status);
  return response;
}

void ProbeService::Tell() {
  // Under the lock that producers take, too: wakers must allow that.
  std::lock_guard<std::mutex> lock(mutex_);
  ++told_;
  for (const StreamWaker& listener : listeners_) listener.Wake();
}

absl::StatusOr<Producer<v1::CountResponse>> ProbeService::Count(
    const v1::CountRequest& request, StreamWaker waker) {
  if (request.padding_bytes() < 0) {
    return Error(absl::StatusCode::kInvalidArgument, "PROBE_FAILED")
        .Field("padding_bytes", "must not be negative");
  }
  // Listens as long as the producer exists.
  struct Listening {
    Listening(ProbeService& service, StreamWaker waker) : service(service) {
      ++service.counts_open_;
      std::lock_guard<std::mutex> lock(service.mutex_);
      place =
          service.listeners_.insert(service.listeners_.end(), std::move(waker));
    }
    ~Listening() {
      std::lock_guard<std::mutex> lock(service.mutex_);
      service.listeners_.erase(place);
      --service.counts_open_;
    }
    ProbeService& service;
    std::list<StreamWaker>::iterator place;
    int next = 0;
  };
  auto state = std::make_shared<Listening>(*this, std::move(waker));
  v1::CountRequest what = request;
  what.clear_data();
  return Producer<v1::CountResponse>(
      [this, state,
       what](Call& call) -> absl::StatusOr<NextAnswer<v1::CountResponse>> {
        SL_RETURN_IF_ERROR(call.EnterStage("count"));
        const int number = state->next;
        if (what.has_fail_after() && number == what.fail_after()) {
          return Error(absl::StatusCode::kInvalidArgument, "PROBE_FAILED")
              .Field("fail_after", "was asked for");
        }
        if (what.has_throw_after() && number == what.throw_after()) {
          throw std::runtime_error("thrown by the probe");
        }
        if (number == what.answers()) return StreamEnd();
        if (what.waits()) {
          std::lock_guard<std::mutex> lock(mutex_);
          if (number >= told_) return StreamWait();
        }
        SL_RETURN_IF_ERROR(call.Reserve(what.reserve_bytes()));
        v1::CountResponse response;
        response.set_number(number);
        response.set_padding(std::string(what.padding_bytes(), 'x'));
        ++state->next;
        ++answers_produced_;
        return response;
      });
}

ServerOptions TestOptions() {
  ServerOptions options;
  options.listen = "127.0.0.1:0";
  options.memory_budget_bytes = int64_t{1} << 30;
  options.threads = 2;
  options.predrain = absl::ZeroDuration();
  options.drain_timeout = absl::Seconds(10);
  return options;
}

ProbeServer::ProbeServer(ServerOptions options) : server_(std::move(options)) {
  auto service = std::make_unique<ProbeService>([this] { return Connect(); });
  service_ = service.get();
  server_.Add(std::move(service));
  const absl::Status started = server_.Start();
  if (!started.ok()) {
    std::fprintf(stderr, "the probe server does not start: %s\n",
                 started.ToString().c_str());
    std::abort();
  }
}

std::shared_ptr<grpc::Channel> ProbeServer::Connect() const {
  grpc::ChannelArguments arguments;
  // Channels with equal arguments share connections unless told not to.
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  arguments.SetMaxSendMessageSize(-1);
  return grpc::CreateCustomChannel(absl::StrCat("127.0.0.1:", server_.port()),
                                   grpc::InsecureChannelCredentials(),
                                   arguments);
}

std::unique_ptr<v1::ProbeService::Stub> ProbeServer::Stub() const {
  return v1::ProbeService::NewStub(Connect());
}

}  // namespace sightline::probe
