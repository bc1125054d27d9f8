#include "common/server/single_request_reactor.h"

#include <memory>
#include <utility>

#include "common/server/reasons.h"
#include "common/status/error.h"

namespace sightline {

void SingleRequestReactor::Begin() {
  // How long the message is, nobody says before it is read; while it is
  // parsed it exists twice.
  const int64_t most = 2 * runtime().options.max_message_bytes;
  auto self =
      std::static_pointer_cast<SingleRequestReactor>(shared_from_this());
  pool().body.Acquire(most, stop_token(), [self](absl::StatusOr<Lease> lease) {
    if (!lease.ok()) {
      self->FinishOnce(lease.status());
      return;
    }
    self->body_ = *std::move(lease);
    self->ReadNext(&self->request_);
  });
}

void SingleRequestReactor::OnReadDone(bool ok) {
  ReadArrived();
  if (finished()) return;
  if (!ok) {
    const absl::Status stopped = stop_token().Poll();
    Refuse(!stopped.ok()
               ? stopped
               : Error(absl::StatusCode::kInvalidArgument, kMalformedRequest)
                     .Message("the call ended without a request message"));
    return;
  }
  body_.ShrinkTo(2 * static_cast<int64_t>(request_.Length()));
  auto self =
      std::static_pointer_cast<SingleRequestReactor>(shared_from_this());
  const absl::Status queued =
      pool().executor.Submit([self](absl::Status admitted) {
        if (admitted.ok()) admitted = self->stop_token().Poll();
        self->Compute(std::move(admitted));
      });
  if (!queued.ok()) Refuse(queued);
}

void SingleRequestReactor::OnReadTimeout() {
  // The read is still pending: its buffer is gRPC's.
  body_.Release();
  FinishOnce(ReadTimeoutError());
}

void SingleRequestReactor::Refuse(const absl::Status& status) {
  request_.Clear();
  body_.Release();
  FinishOnce(status);
}

}  // namespace sightline
