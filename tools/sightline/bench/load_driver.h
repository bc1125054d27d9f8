// Puts load on a server and measures how it answers.
#ifndef SIGHTLINE_TOOLS_SIGHTLINE_BENCH_LOAD_DRIVER_H_
#define SIGHTLINE_TOOLS_SIGHTLINE_BENCH_LOAD_DRIVER_H_

#include <cstdint>
#include <functional>
#include <map>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "common/stop/stop_token.h"
#include "tools/sightline/bench/latency_histogram.h"

namespace sightline::cli {

struct LoadPlan {
  // Calls at a time: exactly that many in a closed loop, at most in an open
  // one. 1..1024.
  int concurrency = 1;
  // Open loop: calls per second, arriving at random (Poisson). 0: closed loop,
  // each worker calls again as soon as it has its answer.
  double rate = 0;
  absl::Duration duration = absl::Seconds(10);
  // Ends earlier after that many calls; 0: no limit.
  int64_t max_calls = 0;
  // Of the arrivals.
  uint64_t seed = 1;
};

struct LoadResult {
  // From the call in a closed loop. In an open loop from the time the call was
  // due, so that a server that stalls cannot hide the calls it kept from being
  // made. Calls that succeeded.
  LatencyHistogram latency;
  // Calls by outcome, OK included.
  std::map<absl::StatusCode, int64_t> calls;
  // Open loop: calls that were due and never made because all workers were
  // busy until the end.
  int64_t not_made = 0;
  absl::Duration elapsed;
  // OK, or the first failure.
  absl::Status first_failure;

  int64_t total() const;
  int64_t succeeded() const;
};

// Makes calls by `call` (its argument: the worker, 0..concurrency - 1; called
// on that many threads) as planned, until the time is up or `stop` is stopped.
// A call that has begun is waited for.
LoadResult RunLoad(const LoadPlan& plan,
                   const std::function<absl::Status(int worker)>& call,
                   const StopToken& stop);

}  // namespace sightline::cli

#endif  // SIGHTLINE_TOOLS_SIGHTLINE_BENCH_LOAD_DRIVER_H_
