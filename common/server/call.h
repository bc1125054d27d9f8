// One call, as the code that computes its answer sees it.
//
// A handler enters stages, reserves memory before it allocates, and stops when
// nobody waits any more. There is no gRPC in it.
//
//   absl::StatusOr<AlignResponse> AlignService::Align(Call& call, ...) {
//     SL_RETURN_IF_ERROR(call.EnterStage("decode"));
//     SL_RETURN_IF_ERROR(call.Reserve(DecodeGrayBytes(info, options)));
//     ...
//     SL_RETURN_IF_ERROR(call.EnterStage("register"));
//     ... registrar.Register(scan, options, call.stop()) ...
//   }
//
// Belongs to one handler at a time; not thread-safe but for stop().
#ifndef SIGHTLINE_COMMON_SERVER_CALL_H_
#define SIGHTLINE_COMMON_SERVER_CALL_H_

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "common/memory/byte_budget.h"
#include "common/observe/server_metrics.h"
#include "common/stop/stop_token.h"
#include "sightline/common/v1/cost.pb.h"

namespace sightline {

// For the durations in answers.
google::protobuf::Duration ToProtoDuration(absl::Duration duration);

class Call {
 public:
  // `method`: "sightline.align.v1.AlignService/Align". `body` holds the
  // request's own bytes; `work` is where Reserve() takes from. `arrival`: when
  // the call, or the item of a stream, arrived.
  Call(std::string method, StopToken stop, absl::Time arrival, Lease body,
       ByteBudget* work, ServerMetrics* metrics);
  ~Call();
  Call(const Call&) = delete;
  Call& operator=(const Call&) = delete;

  const std::string& method() const { return method_; }

  // Stops when the client gives up, at the deadline, and when the server's
  // drain time is over.
  const StopToken& stop() const { return stop_; }

  // Ends the running stage, begins `stage` (a name from the code, such as
  // "decode"), and says whether to go on: stop().Poll().
  absl::Status EnterStage(const std::string& stage);

  // Makes the memory of this call at least `bytes` in all, beside the
  // request's own bytes; blocks until it is free. To be called before the
  // allocation, once: hold-and-wait would let calls block each other for ever,
  // so a second call that asks for more takes what is free or fails.
  // Errors: those of ByteBudget::Acquire().
  absl::Status Reserve(int64_t bytes);

  // Takes `bytes` more if they are free right now.
  bool TryReserveMore(int64_t bytes);

  // Gives back all but `bytes` of what Reserve() took.
  void ShrinkReservation(int64_t bytes);

  int64_t reserved_bytes() const { return work_lease_.bytes(); }

  // The most that Reserve() can ever grant here, the same for every call: for
  // handlers that can do with less.
  int64_t reservable_bytes() const { return work_->capacity_bytes(); }

  // Drops the request's bytes to `bytes`, once they are parsed or used up.
  void ShrinkBody(int64_t bytes);

  // What the call cost until now; ends the running stage.
  common::v1::CallCost Cost();

  // Time between arrival and the first stage.
  absl::Duration queued() const { return queued_; }

  // Ends the running stage. Stages of zero length are kept.
  void FinishStages();

 private:
  void NotePeak();

  const std::string method_;
  const StopToken stop_;
  const absl::Time arrival_;
  Lease body_lease_;
  Lease work_lease_;
  ByteBudget* const work_;
  ServerMetrics* const metrics_;
  int64_t peak_bytes_ = 0;
  absl::Duration queued_ = absl::ZeroDuration();
  std::vector<std::pair<std::string, absl::Duration>> stages_;
  std::string running_stage_;
  absl::Time stage_start_;
};

}  // namespace sightline

#endif  // SIGHTLINE_COMMON_SERVER_CALL_H_
