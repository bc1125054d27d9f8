// Threads that compute, apart from the threads that talk.
//
// gRPC runs callbacks on about as many threads as there are processors; a
// computation there would make health checks wait (measured: 8 computations of
// 300 ms held a no-op up for 1.2 s). An Executor has a fixed number of threads
// and a bounded line in front of them.
//
// Thread-safe.
#ifndef SIGHTLINE_COMMON_SERVER_EXECUTOR_H_
#define SIGHTLINE_COMMON_SERVER_EXECUTOR_H_

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"

namespace sightline {

class Executor {
 public:
  struct Options {
    std::string name;
    int threads = 1;
    // At most this many tasks wait.
    int max_queued = 256;
    // A task that waited longer is told so instead of run.
    absl::Duration max_wait = absl::Seconds(10);
  };

  // Called once on an executor thread: with OK to run, or with
  // ResourceExhausted QUEUE_TIMEOUT (RetryInfo set) when it waited too long.
  using Task = std::function<void(absl::Status admitted)>;

  explicit Executor(Options options);
  ~Executor();  // Close()s.
  Executor(const Executor&) = delete;
  Executor& operator=(const Executor&) = delete;

  // Queues `task`. Errors: ResourceExhausted OVERLOADED (RetryInfo set) when
  // the line is full; `task` is not called then.
  absl::Status Submit(Task task);

  // Runs what is queued, then joins the threads. Nothing may be submitted
  // afterwards.
  void Close();

  int threads() const { return options_.threads; }
  int busy() const;
  int queued() const;
  // How long the longest-running task has been running; zero when idle.
  absl::Duration LongestRunning(absl::Time now) const;

 private:
  struct Queued {
    Task task;
    absl::Time since;
  };

  void Work(int index);
  absl::Duration RetryDelayLocked() const;

  const Options options_;
  mutable std::mutex mutex_;
  std::condition_variable not_empty_;
  // All guarded by mutex_.
  std::deque<Queued> queue_;
  std::vector<absl::Time> running_since_;  // InfiniteFuture: idle.
  absl::Duration mean_task_ = absl::Milliseconds(50);
  bool closing_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace sightline

#endif  // SIGHTLINE_COMMON_SERVER_EXECUTOR_H_
