#include "common/server/answer_stream_reactor.h"

#include <algorithm>
#include <utility>
#include <variant>

#include "absl/time/clock.h"
#include "common/server/guarded.h"
#include "common/server/reasons.h"
#include "common/status/error.h"
#include "common/status/status_macros.h"

namespace sightline {
namespace {

// What a stream keeps beside its request: this object, gRPC's call and its
// part of the connection, rounded up.
constexpr int64_t kStreamBytes = 16 << 10;

// Between two attempts to get a thread.
constexpr absl::Duration kLongestPause = absl::Seconds(1);

absl::Status DrainingError() {
  return Error(absl::StatusCode::kUnavailable, kDraining)
      .Message(
          "the server is shutting down and has nothing more to say for now; "
          "call again to reach another one")
      .RetryAfter(absl::Seconds(1));
}

}  // namespace

AnswerStreamReactor::AnswerStreamReactor(Runtime& runtime, ServicePool& pool,
                                         std::string method,
                                         const AnswerStreamHandler& handler,
                                         grpc::CallbackServerContext* context)
    : SingleRequestReactor(runtime, pool, std::move(method), context),
      handler_(handler) {}

void AnswerStreamReactor::Compute(absl::Status admitted) {
  if (admitted.ok()) admitted = Open();
  if (!admitted.ok()) {
    Refuse(admitted);
    return;
  }
  // The client learns that its request was accepted before anything happens.
  StartSendInitialMetadata();
  {
    std::lock_guard<std::mutex> lock(mutex_);
    state_ = State::kProducing;
  }
  Produce(absl::OkStatus());
}

absl::Status AnswerStreamReactor::Open() {
  SL_ASSIGN_OR_RETURN(
      session_lease_,
      TakeSession(kStreamBytes + 2 * static_cast<int64_t>(request_.Length())));
  Call call(method(), stop_token(), arrival(), std::move(body_), &pool().work,
            runtime().metrics);
  const StreamWaker waker(std::weak_ptr<Wakeable>(
      std::static_pointer_cast<AnswerStreamReactor>(shared_from_this())));
  absl::Status opened =
      Guarded([&]() -> absl::StatusOr<grpc::ByteBuffer> {
        SL_ASSIGN_OR_RETURN(producer_, handler_(call, request_, waker));
        return grpc::ByteBuffer();
      }).status();
  request_.Clear();
  call.FinishStages();
  SetQueued(call.queued());
  return opened;
}

void AnswerStreamReactor::SubmitProduce() {
  auto self = std::static_pointer_cast<AnswerStreamReactor>(shared_from_this());
  const absl::Status queued = pool().executor.Submit(
      [self](absl::Status admitted) { self->Produce(std::move(admitted)); });
  if (!queued.ok()) TryAgainLater(queued);
}

void AnswerStreamReactor::Produce(absl::Status admitted) {
  if (const absl::Status stopped = stop_token().Poll(); !stopped.ok()) {
    Close(stopped);
    return;
  }
  if (!admitted.ok()) {
    TryAgainLater(admitted);
    return;
  }
  {
    std::lock_guard<std::mutex> lock(mutex_);
    woken_ = false;
  }
  call_ = std::make_unique<Call>(method(), stop_token(), absl::Now(), Lease(),
                                 &pool().work, runtime().metrics);
  NextAnswer<grpc::ByteBuffer> next = StreamEnd();
  const absl::Status produced =
      Guarded([&]() -> absl::StatusOr<grpc::ByteBuffer> {
        SL_ASSIGN_OR_RETURN(next, producer_(*call_));
        return grpc::ByteBuffer();
      }).status();
  call_->FinishStages();
  if (!produced.ok() || std::holds_alternative<StreamEnd>(next)) {
    Close(produced);
    return;
  }
  if (std::holds_alternative<StreamWait>(next)) {
    Rest();
    return;
  }
  answer_ = std::get<grpc::ByteBuffer>(std::move(next));
  call_->ShrinkReservation(static_cast<int64_t>(answer_.Length()));
  {
    std::lock_guard<std::mutex> lock(mutex_);
    state_ = State::kWriting;
  }
  StartWrite(&answer_);
}

void AnswerStreamReactor::OnWriteDone(bool ok) {
  answer_.Clear();
  call_ = nullptr;
  if (!ok) {
    Close(StopReason());
    return;
  }
  {
    std::lock_guard<std::mutex> lock(mutex_);
    state_ = State::kProducing;
  }
  SubmitProduce();
}

void AnswerStreamReactor::Rest() {
  call_ = nullptr;
  bool look_again = false;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    look_again = woken_;
    if (!look_again) state_ = State::kWaiting;
  }
  if (look_again) {
    SubmitProduce();
    return;
  }
  // What ended the call while it was busy has found it so.
  if (const absl::Status stopped = stop_token().Poll(); !stopped.ok()) {
    CloseIfWaiting(stopped);
  }
  bool draining = false;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    draining = draining_;
  }
  if (draining) CloseIfWaiting(DrainingError());
}

void AnswerStreamReactor::TryAgainLater(const absl::Status& busy) {
  // Nothing is ended here: this may be a waker's thread, under its locks. A
  // call that was stopped meanwhile is found so when it is asked again.
  const auto details = DetailsOf(busy);
  const absl::Duration pause =
      std::min(kLongestPause, details.has_value()
                                  ? details->retry_after.value_or(kLongestPause)
                                  : kLongestPause);
  {
    std::lock_guard<std::mutex> lock(mutex_);
    state_ = State::kWaiting;
  }
  runtime().timer->At(absl::Now() + pause, [weak = weak_from_this()] {
    if (const auto self = weak.lock()) {
      static_cast<AnswerStreamReactor&>(*self).Wake();
    }
  });
}

void AnswerStreamReactor::Wake() {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    if (state_ == State::kProducing) woken_ = true;
    if (state_ != State::kWaiting) return;
    state_ = State::kProducing;
  }
  SubmitProduce();
}

void AnswerStreamReactor::OnCancel() {
  CallReactor::OnCancel();
  CloseIfWaiting(StopReason());
}

void AnswerStreamReactor::OnDrain() {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    draining_ = true;
  }
  CloseIfWaiting(DrainingError());
}

void AnswerStreamReactor::OnAbort(absl::Status reason) {
  CallReactor::OnAbort(reason);
  CloseIfWaiting(reason);
}

void AnswerStreamReactor::CloseIfWaiting(const absl::Status& status) {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    if (state_ != State::kWaiting) return;
    state_ = State::kClosed;
  }
  FinishOnce(status);
}

void AnswerStreamReactor::Close(const absl::Status& status) {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    state_ = State::kClosed;
  }
  call_ = nullptr;
  FinishOnce(status);
}

void AnswerStreamReactor::OnDone() {
  // Here and not in the destructor: the last reference may be a waker's, whose
  // thread may hold locks that the producer needs to go.
  producer_ = nullptr;
  session_lease_.Release();
  SingleRequestReactor::OnDone();
}

}  // namespace sightline
