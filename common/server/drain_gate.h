// Counts the calls inside a server and closes it politely.
//
// Open: calls enter. Draining: calls from outside are refused, those inside go
// on, and they may still make calls within the process. Aborting: those that
// are still inside are told to stop.
//
// Thread-safe.
#ifndef SIGHTLINE_COMMON_SERVER_DRAIN_GATE_H_
#define SIGHTLINE_COMMON_SERVER_DRAIN_GATE_H_

#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "common/stop/stop_token.h"

namespace sightline {

// What a call lets the gate do to it.
class Drainable {
 public:
  virtual ~Drainable() = default;
  // Draining has begun: accept no new work (streams), finish what there is.
  virtual void OnDrain() = 0;
  // Stop now.
  virtual void OnAbort(absl::Status reason) = 0;
};

class DrainGate {
 public:
  // Lets a call in. `is_internal`: from within this process. Errors:
  // Unavailable DRAINING (RetryInfo set).
  absl::Status Enter(const std::shared_ptr<Drainable>& call, bool is_internal);
  void Leave(const Drainable* call);

  int inside() const;

  // Runs `idle` whenever the last call has left. To be set before the first
  // call.
  void OnIdle(std::function<void()> idle);

  void BeginDrain();
  // True if everybody left before `deadline`.
  bool WaitUntilEmpty(absl::Time deadline);
  void AbortRemaining();

 private:
  std::vector<std::shared_ptr<Drainable>> Everybody() const;

  mutable std::mutex mutex_;
  std::condition_variable emptied_;
  // All guarded by mutex_.
  std::map<const Drainable*, std::weak_ptr<Drainable>> inside_;
  bool draining_ = false;
  std::function<void()> idle_;
};

}  // namespace sightline

#endif  // SIGHTLINE_COMMON_SERVER_DRAIN_GATE_H_
