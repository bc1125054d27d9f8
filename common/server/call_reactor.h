// The life of a gRPC call, in one place.
//
// Every method, unary ones too, is served as a bidirectional stream of byte
// buffers: only so is a message not read before there is memory for it (a
// unary handler of gRPC gets its request after core has buffered all of it).
// What follows from gRPC's callback API is kept here:
//
//   1. Finish is called exactly once, by FinishOnce().
//   2. The reactor lives until OnDone(), and as long as anybody holds a
//      shared_ptr to it: tasks and timers do.
//   3. Nothing is started after Finish.
//   4. Callbacks of gRPC only pass work on; they never compute or block.
#ifndef SIGHTLINE_COMMON_SERVER_CALL_REACTOR_H_
#define SIGHTLINE_COMMON_SERVER_CALL_REACTOR_H_

#include <grpcpp/grpcpp.h>

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/server/drain_gate.h"
#include "common/server/runtime.h"
#include "common/stop/stop_token.h"

namespace sightline {

class CallReactor
    : public grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>,
      public Drainable,
      public std::enable_shared_from_this<CallReactor> {
 public:
  // Takes part in the call: checks the caller, enters the gate, and then
  // either Begin()s or finishes. Called once, right after construction, by the
  // method handler.
  static grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>* Launch(
      std::shared_ptr<CallReactor> reactor);

  void OnCancel() override;
  void OnDone() override;
  void OnDrain() override {}
  void OnAbort(absl::Status reason) override { stop_.Stop(std::move(reason)); }

 protected:
  CallReactor(Runtime& runtime, ServicePool& pool, std::string method,
              grpc::CallbackServerContext* context);

  // The call has been let in.
  virtual void Begin() = 0;

  // Sends `status` and ends the call; the first call counts.
  void FinishOnce(const absl::Status& status);
  // The same with a last message.
  void FinishOnceWith(grpc::ByteBuffer answer);
  bool finished() const { return finished_.load(); }

  // StartRead() with the body timeout running; OnReadDone() implementations
  // call ReadArrived() first. When the client sends nothing in time,
  // OnReadTimeout() is called on the timer's thread while the read is pending.
  void ReadNext(grpc::ByteBuffer* buffer);
  void ReadArrived();
  virtual void OnReadTimeout() = 0;
  // Starts the time anew for a read that is pending.
  void ArmReadTimer();
  // The failure OnReadTimeout() should report.
  absl::Status ReadTimeoutError() const;

  // Why the call stopped; Cancelled if nobody said so.
  absl::Status StopReason() const;
  StopToken stop_token() const { return stop_.token(); }

  // Memory of the pool for streams, for what a call keeps to its end. Calls
  // hold something when they ask, and whoever holds something does not wait:
  // it is granted now or refused. Errors: those of ByteBudget::Acquire().
  absl::StatusOr<Lease> TakeSession(int64_t bytes);

  // Queue wait of the first computation, for the metrics.
  void SetQueued(absl::Duration queued) { queued_ = queued; }

  Runtime& runtime() { return runtime_; }
  ServicePool& pool() { return pool_; }
  const std::string& method() const { return method_; }
  absl::Time arrival() const { return arrival_; }

 private:
  absl::Status CheckCaller();
  bool IsInternal() const;
  void Conclude(const absl::Status& status);

  Runtime& runtime_;
  ServicePool& pool_;
  const std::string method_;
  grpc::CallbackServerContext* const context_;
  const absl::Time arrival_;
  StopSource stop_;
  std::atomic<bool> finished_ = false;
  std::atomic<bool> entered_ = false;
  absl::Duration queued_;
  absl::Status status_;  // What was sent; written once before OnDone().
  grpc::ByteBuffer answer_;
  std::mutex timer_mutex_;
  std::optional<Timer::Id> read_timer_;  // Guarded by timer_mutex_.
  bool done_ = false;                    // Guarded by timer_mutex_.
  std::shared_ptr<CallReactor> self_;    // Until OnDone().
};

}  // namespace sightline

#endif  // SIGHTLINE_COMMON_SERVER_CALL_REACTOR_H_
