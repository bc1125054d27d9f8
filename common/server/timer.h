// Runs functions at a given time, on one thread of its own.
//
// For timeouts and regular duties of the server; functions must be quick.
// Thread-safe.
#ifndef SIGHTLINE_COMMON_SERVER_TIMER_H_
#define SIGHTLINE_COMMON_SERVER_TIMER_H_

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <thread>
#include <utility>

#include "absl/time/time.h"

namespace sightline {

class Timer {
 public:
  using Id = std::pair<absl::Time, int64_t>;

  Timer();
  // Functions that are not due yet never run.
  ~Timer();
  Timer(const Timer&) = delete;
  Timer& operator=(const Timer&) = delete;

  // Runs `function` at or soon after `when`.
  Id At(absl::Time when, std::function<void()> function);

  // The function of `id` will not begin after this returns; it may be running.
  void Cancel(const Id& id);

 private:
  void Run();

  std::mutex mutex_;
  std::condition_variable changed_;
  // All guarded by mutex_.
  std::map<Id, std::function<void()>> pending_;
  int64_t next_ = 0;
  bool closing_ = false;
  std::thread thread_;
};

}  // namespace sightline

#endif  // SIGHTLINE_COMMON_SERVER_TIMER_H_
