#include "common/server/unary_reactor.h"

#include <utility>

#include "common/server/guarded.h"

namespace sightline {

UnaryReactor::UnaryReactor(Runtime& runtime, ServicePool& pool,
                           std::string method, const UnaryHandler& handler,
                           grpc::CallbackServerContext* context)
    : SingleRequestReactor(runtime, pool, std::move(method), context),
      handler_(handler) {}

void UnaryReactor::Compute(absl::Status admitted) {
  if (!admitted.ok()) {
    Refuse(admitted);
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
