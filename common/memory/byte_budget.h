// A number of bytes that calls share, and leases of a part of it.
//
// A ByteBudget decides who may allocate, before anything is allocated. Whoever
// wants bytes waits in line; the line is bounded in length and in time; grants
// are strictly first come, first served, so that a large request is never
// starved by small ones.
//
// How to stay free of deadlocks: hold at most one lease that you waited for
// per budget, and if you wait on two budgets, wait in the same order everywhere
// (the chassis: body first, then work). Lease::TryGrow() never waits.
//
// Thread-safe. The budget must outlive its leases.
#ifndef SIGHTLINE_COMMON_MEMORY_BYTE_BUDGET_H_
#define SIGHTLINE_COMMON_MEMORY_BYTE_BUDGET_H_

#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/stop/stop_token.h"

namespace sightline {

class ByteBudget;

// Bytes taken from a budget; given back when destroyed. Move-only.
class Lease {
 public:
  Lease() = default;
  Lease(Lease&& other) noexcept;
  Lease& operator=(Lease&& other) noexcept;
  ~Lease();

  int64_t bytes() const { return bytes_; }
  // Gives back all but `bytes`; no effect if it holds less.
  void ShrinkTo(int64_t bytes);
  // Takes `bytes` more if they are free and nobody waits for them.
  bool TryGrow(int64_t bytes);
  void Release();

 private:
  friend class ByteBudget;
  Lease(ByteBudget* budget, int64_t bytes) : budget_(budget), bytes_(bytes) {}
  ByteBudget* budget_ = nullptr;
  int64_t bytes_ = 0;
};

class ByteBudget {
 public:
  struct Options {
    // For messages and metrics.
    std::string name;
    // Bytes to share.
    int64_t capacity_bytes = 0;
    // At most this many wait; one more is refused at once.
    int max_waiting = 256;
    // Nobody waits longer, unless the request says so.
    absl::Duration max_wait = absl::Seconds(10);
  };

  using Granted = std::function<void(absl::StatusOr<Lease>)>;

  explicit ByteBudget(Options options);
  ~ByteBudget();  // Nobody may be waiting.
  ByteBudget(const ByteBudget&) = delete;
  ByteBudget& operator=(const ByteBudget&) = delete;

  // Calls `granted` exactly once: with a lease of `bytes`, or with
  //   ResourceExhausted NEVER_FITS    more than the whole budget; no retry
  //   helps ResourceExhausted OVERLOADED    the line is full; RetryInfo set
  //   ResourceExhausted QUEUE_TIMEOUT waited `max_wait`; RetryInfo set
  //   the stop token's status         stopped while waiting
  // On this thread before Acquire() returns when it can be decided at once,
  // else later on whichever thread frees bytes, stops the token or calls
  // ExpireWaiting(). `granted` must be quick and may call the budget again.
  void Acquire(int64_t bytes, const StopToken& stop, Granted granted,
               std::optional<absl::Duration> max_wait = std::nullopt);

  // The same, blocking this thread.
  absl::StatusOr<Lease> AcquireBlocking(int64_t bytes, const StopToken& stop);

  // Refuses everybody who has waited too long. Called regularly by the owner.
  void ExpireWaiting(absl::Time now);

  int64_t capacity_bytes() const { return options_.capacity_bytes; }
  int64_t leased_bytes() const;
  int waiting() const;

 private:
  friend class Lease;
  struct Waiter;

  void GiveBack(int64_t bytes);
  bool TryTake(int64_t bytes);
  void Leave(const std::shared_ptr<Waiter>& waiter, absl::Status status);
  // Moves everybody who now fits out of the line; to be called without lock.
  void GrantWaiting();
  absl::Duration RetryDelayLocked() const;

  const Options options_;
  mutable std::mutex mutex_;
  int64_t leased_ = 0;                          // Guarded by mutex_.
  std::list<std::shared_ptr<Waiter>> waiters_;  // Guarded by mutex_.
  // Exponential mean of the time between two grants, for retry delays.
  absl::Duration grant_interval_ = absl::Milliseconds(50);
  absl::Time last_grant_ = absl::InfinitePast();
  // Stop callbacks that ran: they cannot be destroyed from within themselves,
  // so the next Acquire() or ExpireWaiting() does it. Guarded by mutex_.
  std::vector<std::unique_ptr<StopCallback>> retired_;
};

}  // namespace sightline

#endif  // SIGHTLINE_COMMON_MEMORY_BYTE_BUDGET_H_
