// Whether a failed call is worth repeating, and when.
#ifndef SIGHTLINE_TOOLS_SIGHTLINE_CLIENT_RETRY_H_
#define SIGHTLINE_TOOLS_SIGHTLINE_CLIENT_RETRY_H_

#include <functional>
#include <optional>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "common/stop/stop_token.h"

namespace sightline::cli {

// How long to wait before a call that failed with `status` is made again;
// nullopt when that would not help. `attempt`: 0 after the first try.
// 1. A server that says when to come back (RetryInfo) is believed, whatever
//    the code; the answer is at most a minute.
// 2. UNAVAILABLE without it: 0.2 s, doubled each time, at most 5 s.
// 3. Everything else, RESOURCE_EXHAUSTED without RetryInfo included, fails the
//    same way again.
std::optional<absl::Duration> RetryDelay(const absl::Status& status,
                                         int attempt);

// Waits; returns early with the reason when `stop` is stopped.
absl::Status WaitFor(absl::Duration delay, const StopToken& stop);

// Makes `call` until it succeeds, must not be repeated, has been repeated
// `retries` times, or the wait would reach beyond `deadline`.
absl::Status CallWithRetries(int retries, absl::Time deadline,
                             const StopToken& stop,
                             const std::function<absl::Status()>& call);

}  // namespace sightline::cli

#endif  // SIGHTLINE_TOOLS_SIGHTLINE_CLIENT_RETRY_H_
