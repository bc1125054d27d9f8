#include "common/server/unary_reactor.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "common/server/guarded.h"
#include "common/server/reasons.h"
#include "common/status/error.h"

namespace sightline {

UnaryReactor::UnaryReactor(Runtime& runtime, ServicePool& pool,
                           std::string method, const UnaryHandler& handler,
                           grpc::CallbackServerContext* context)
    : CallReactor(runtime, pool, std::move(method), context),
      handler_(handler) {}

void UnaryReactor::Begin() {
  // How long the message is, nobody says before it is read; while it is
  // parsed it exists twice.
  const int64_t most = 2 * runtime().options.max_message_bytes;
  auto self = std::static_pointer_cast<UnaryReactor>(shared_from_this());
  pool().body.Acquire(most, stop_token(), [self](absl::StatusOr<Lease> lease) {
    if (!lease.ok()) {
      self->FinishOnce(lease.status());
      return;
    }
    self->body_ = *std::move(lease);
    self->ReadNext(&self->request_);
  });
}

void UnaryReactor::OnReadDone(bool ok) {
  ReadArrived();
  if (finished()) return;
  if (!ok) {
    body_.Release();
    const absl::Status stopped = stop_token().Poll();
    FinishOnce(
        !stopped.ok()
            ? stopped
            : Error(absl::StatusCode::kInvalidArgument, kMalformedRequest)
                  .Message("the call ended without a request message"));
    return;
  }
  body_.ShrinkTo(2 * static_cast<int64_t>(request_.Length()));
  auto self = std::static_pointer_cast<UnaryReactor>(shared_from_this());
  const absl::Status queued = pool().executor.Submit(
      [self](absl::Status admitted) { self->Compute(std::move(admitted)); });
  if (!queued.ok()) {
    request_.Clear();
    body_.Release();
    FinishOnce(queued);
  }
}

void UnaryReactor::OnReadTimeout() {
  body_.Release();
  FinishOnce(ReadTimeoutError());
}

void UnaryReactor::Compute(absl::Status admitted) {
  if (admitted.ok()) admitted = stop_token().Poll();
  if (!admitted.ok()) {
    request_.Clear();
    body_.Release();
    FinishOnce(admitted);
    return;
  }
  call_ =
      std::make_unique<Call>(method(), stop_token(), arrival(),
                             std::move(body_), &pool().work, runtime().metrics);
  absl::StatusOr<grpc::ByteBuffer> answer =
      Guarded([this] { return handler_(*call_, request_); });
  request_.Clear();
  call_->FinishStages();
  SetQueued(call_->queued());
  // What was computed with is gone; the answer stays until it is sent.
  call_->ShrinkBody(0);
  if (!answer.ok()) {
    call_->ShrinkReservation(0);
    FinishOnce(answer.status());
    return;
  }
  call_->ShrinkReservation(static_cast<int64_t>(answer->Length()));
  FinishOnceWith(*std::move(answer));
}

}  // namespace sightline
