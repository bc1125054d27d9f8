// Stopping work that nobody waits for any more.
//
// A StopSource belongs to whoever may lose interest: a call whose client has
// gone, a deadline, a server that drains. It hands out StopTokens; whoever
// computes polls one between stages:
//
//   SL_RETURN_IF_ERROR(stop.Poll());
//
// Thread-safe. Tokens are cheap to copy and may outlive their source.
#ifndef SIGHTLINE_COMMON_STOP_STOP_TOKEN_H_
#define SIGHTLINE_COMMON_STOP_STOP_TOKEN_H_

#include <functional>
#include <memory>

#include "absl/status/status.h"
#include "absl/time/time.h"

namespace sightline {

class StopState;

// Says whether to go on. A default-constructed token never stops.
class StopToken {
 public:
  StopToken() = default;

  // OK, or why to stop: the status given to StopSource::Stop(), or
  // DeadlineExceeded once the source's deadline has passed. Never blocks; safe
  // to call in inner loops (an atomic load and, with a deadline, a clock read).
  absl::Status Poll() const;

  // When the work must be done; InfiniteFuture if never.
  absl::Time deadline() const;

 private:
  friend class StopSource;
  friend class StopCallback;
  explicit StopToken(std::shared_ptr<StopState> state);
  std::shared_ptr<StopState> state_;
};

// Decides when to stop.
class StopSource {
 public:
  explicit StopSource(absl::Time deadline = absl::InfiniteFuture());

  // Asks to stop because of `reason`, which must not be OK. The first reason
  // stays. Runs the registered callbacks on this thread.
  void Stop(absl::Status reason);

  StopToken token() const;

 private:
  std::shared_ptr<StopState> state_;
};

// Runs a function when its token is stopped (not when a deadline passes), for
// work that waits instead of polling. The function runs at most once, on the
// stopping thread, or at once in the constructor if already stopped. After
// ~StopCallback it is neither running nor will run; so the function must not
// destroy its own StopCallback.
class StopCallback {
 public:
  StopCallback(const StopToken& token, std::function<void()> function);
  ~StopCallback();
  StopCallback(const StopCallback&) = delete;
  StopCallback& operator=(const StopCallback&) = delete;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace sightline

#endif  // SIGHTLINE_COMMON_STOP_STOP_TOKEN_H_
