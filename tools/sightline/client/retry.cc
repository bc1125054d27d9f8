#include "tools/sightline/client/retry.h"

#include <algorithm>
#include <cmath>
#include <condition_variable>
#include <mutex>

#include "absl/time/clock.h"
#include "common/status/error.h"
#include "common/status/status_macros.h"

namespace sightline::cli {
namespace {

constexpr absl::Duration kFirstBackoff = absl::Milliseconds(200);
constexpr absl::Duration kLongestBackoff = absl::Seconds(5);
constexpr absl::Duration kLongestPushback = absl::Minutes(1);

}  // namespace

std::optional<absl::Duration> RetryDelay(const absl::Status& status,
                                         int attempt) {
  if (status.ok()) return std::nullopt;
  const std::optional<ErrorDetails> details = DetailsOf(status);
  if (details.has_value() && details->retry_after.has_value()) {
    return std::clamp(*details->retry_after, absl::ZeroDuration(),
                      kLongestPushback);
  }
  if (status.code() != absl::StatusCode::kUnavailable) return std::nullopt;
  return std::min(kFirstBackoff * std::exp2(std::min(attempt, 10)),
                  kLongestBackoff);
}

absl::Status WaitFor(absl::Duration delay, const StopToken& stop) {
  std::mutex mutex;
  std::condition_variable changed;
  bool stopped = false;
  StopCallback callback(stop, [&] {
    const std::lock_guard lock(mutex);
    stopped = true;
    changed.notify_all();
  });
  std::unique_lock lock(mutex);
  changed.wait_for(lock, absl::ToChronoNanoseconds(delay),
                   [&] { return stopped; });
  return stop.Poll();
}

absl::Status CallWithRetries(int retries, absl::Time deadline,
                             const StopToken& stop,
                             const std::function<absl::Status()>& call) {
  for (int attempt = 0;; ++attempt) {
    SL_RETURN_IF_ERROR(stop.Poll());
    const absl::Status status = call();
    const std::optional<absl::Duration> delay = RetryDelay(status, attempt);
    if (!delay.has_value() || attempt >= retries ||
        absl::Now() + *delay >= deadline) {
      return status;
    }
    SL_RETURN_IF_ERROR(WaitFor(*delay, stop));
  }
}

}  // namespace sightline::cli
