#include "common/server/call_reactor.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/observe/log.h"
#include "common/server/reasons.h"
#include "common/status/error.h"
#include "common/status/grpc_status.h"

namespace sightline {
namespace {

// After the status is sent, a client that goes on sending is cut off.
constexpr absl::Duration kLinger = absl::Seconds(5);

absl::Time DeadlineOf(const grpc::CallbackServerContext& context) {
  const auto deadline = context.deadline();
  return deadline == std::chrono::system_clock::time_point::max()
             ? absl::InfiniteFuture()
             : absl::FromChrono(deadline);
}

}  // namespace

CallReactor::CallReactor(Runtime& runtime, ServicePool& pool,
                         std::string method,
                         grpc::CallbackServerContext* context)
    : runtime_(runtime),
      pool_(pool),
      method_(std::move(method)),
      context_(context),
      arrival_(absl::Now()),
      stop_(DeadlineOf(*context)) {}

grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>*
CallReactor::Launch(std::shared_ptr<CallReactor> reactor) {
  CallReactor* const raw = reactor.get();
  raw->runtime_.metrics->CallStarted(raw->method_);
  raw->self_ = reactor;
  absl::Status let_in = raw->CheckCaller();
  if (let_in.ok()) {
    // Entered before the answer is known: OnDone() asks entered_.
    let_in = raw->runtime_.gate.Enter(reactor, raw->IsInternal());
    raw->entered_ = let_in.ok();
  }
  if (!let_in.ok()) {
    raw->FinishOnce(let_in);
  } else {
    raw->Begin();
  }
  return raw;
}

absl::Status CallReactor::CheckCaller() {
  if (!runtime_.token.has_value() || IsInternal()) return absl::OkStatus();
  const auto [begin, end] =
      context_->client_metadata().equal_range("authorization");
  for (auto it = begin; it != end; ++it) {
    if (runtime_.token->Matches(
            absl::string_view(it->second.data(), it->second.size()))) {
      return absl::OkStatus();
    }
  }
  return Error(absl::StatusCode::kUnauthenticated, kUnauthenticated)
      .Message(begin == end
                   ? "this server needs a bearer token: send the metadata "
                     "\"authorization: Bearer <token>\""
                   : "the bearer token is not the server's");
}

bool CallReactor::IsInternal() const {
  return runtime_.internal_caller.IsInternal(*context_);
}

void CallReactor::OnCancel() {
  // gRPC cancels at the deadline, too.
  if (absl::Now() >= stop_.token().deadline()) {
    stop_.Stop(
        Error(absl::StatusCode::kDeadlineExceeded, "DEADLINE_EXCEEDED")
            .Message("the call's deadline passed before the answer was ready"));
  } else {
    stop_.Stop(Error(absl::StatusCode::kCancelled, kCancelled)
                   .Message("the client gave the call up"));
  }
}

absl::Status CallReactor::StopReason() const {
  const absl::Status reason = stop_.token().Poll();
  if (!reason.ok()) return reason;
  return Error(absl::StatusCode::kCancelled, kCancelled)
      .Message("the client gave the call up");
}

absl::StatusOr<Lease> CallReactor::TakeSession(int64_t bytes) {
  absl::StatusOr<Lease> taken = Lease();
  pool_.session.Acquire(
      bytes, StopToken(),
      [&taken](absl::StatusOr<Lease> lease) { taken = std::move(lease); });
  return taken;
}

void CallReactor::ReadNext(grpc::ByteBuffer* buffer) {
  ArmReadTimer();
  StartRead(buffer);
}

void CallReactor::ArmReadTimer() {
  std::lock_guard<std::mutex> lock(timer_mutex_);
  read_timer_ = runtime_.timer->At(
      absl::Now() + runtime_.options.body_timeout, [weak = weak_from_this()] {
        const std::shared_ptr<CallReactor> reactor = weak.lock();
        if (reactor == nullptr) return;
        {
          std::lock_guard<std::mutex> lock(reactor->timer_mutex_);
          if (!reactor->read_timer_.has_value()) return;
          reactor->read_timer_.reset();
        }
        reactor->OnReadTimeout();
      });
}

void CallReactor::ReadArrived() {
  std::lock_guard<std::mutex> lock(timer_mutex_);
  if (read_timer_.has_value()) runtime_.timer->Cancel(*read_timer_);
  read_timer_.reset();
}

absl::Status CallReactor::ReadTimeoutError() const {
  return Error(absl::StatusCode::kDeadlineExceeded, kBodyTimeout)
      .Message(absl::StrCat("the client sent nothing for ",
                            absl::FormatDuration(runtime_.options.body_timeout),
                            " although its request is incomplete"));
}

void CallReactor::FinishOnce(const absl::Status& status) {
  if (finished_.exchange(true)) return;
  Conclude(status);
  Finish(ToGrpcStatus(status));
}

void CallReactor::FinishOnceWith(grpc::ByteBuffer answer) {
  if (finished_.exchange(true)) return;
  Conclude(absl::OkStatus());
  answer_ = std::move(answer);
  StartWriteAndFinish(&answer_, grpc::WriteOptions(), grpc::Status::OK);
}

void CallReactor::Conclude(const absl::Status& status) {
  status_ = status;
  ReadArrived();
  if (status.ok()) return;
  const auto details = DetailsOf(status);
  if (details.has_value() && details->retry_after.has_value()) {
    // Clients with a retry policy honour this pause (gRFC A6).
    context_->AddTrailingMetadata(
        "grpc-retry-pushback-ms",
        absl::StrCat(absl::ToInt64Milliseconds(*details->retry_after)));
  }
  runtime_.timer->At(absl::Now() + kLinger, [weak = weak_from_this()] {
    const std::shared_ptr<CallReactor> reactor = weak.lock();
    if (reactor == nullptr) return;
    std::lock_guard<std::mutex> lock(reactor->timer_mutex_);
    if (!reactor->done_) reactor->context_->TryCancel();
  });
}

void CallReactor::OnDone() {
  ReadArrived();
  {
    std::lock_guard<std::mutex> lock(timer_mutex_);
    done_ = true;  // gRPC destroys the context after this.
  }
  const absl::Duration total = absl::Now() - arrival_;
  const std::string code = absl::StatusCodeToString(status_.code());
  runtime_.metrics->CallFinished(method_, code, queued_, total);
  const auto details = DetailsOf(status_);
  const std::string reason = details.has_value() ? details->reason : "";
  if (!status_.ok() && !entered_) runtime_.metrics->Rejected(method_, reason);
  Log(status_.ok() ? Severity::kInfo : Severity::kWarning, "call",
      {{"method", method_},
       {"code", code},
       {"reason", reason},
       {"total_ms", absl::ToDoubleMilliseconds(total)},
       {"queued_ms", absl::ToDoubleMilliseconds(queued_)}});
  if (entered_) runtime_.gate.Leave(this);
  // Last: this may delete the reactor.
  const std::shared_ptr<CallReactor> self = std::move(self_);
}

}  // namespace sightline
