// What all calls of a server share.
#ifndef SIGHTLINE_COMMON_SERVER_RUNTIME_H_
#define SIGHTLINE_COMMON_SERVER_RUNTIME_H_

#include <functional>
#include <optional>
#include <string>
#include <utility>

#include "common/credentials/bearer_token.h"
#include "common/memory/byte_budget.h"
#include "common/observe/server_metrics.h"
#include "common/server/drain_gate.h"
#include "common/server/executor.h"
#include "common/server/internal_channel.h"
#include "common/server/server_options.h"
#include "common/server/timer.h"

namespace sightline {

// Memory and threads of one service. A service that calls another one in the
// same process must not share its pool: its calls would wait for memory and
// threads that they hold themselves.
struct ServicePool {
  ServicePool(ByteBudget::Options session_options,
              ByteBudget::Options body_options,
              ByteBudget::Options work_options,
              Executor::Options executor_options)
      : session(std::move(session_options)),
        body(std::move(body_options)),
        work(std::move(work_options)),
        executor(std::move(executor_options)) {}

  // For what an open stream keeps: its settings. Nobody waits for it: streams
  // hold it while they wait for `body`.
  ByteBudget session;
  // For the bytes of requests, taken before they are read.
  ByteBudget body;
  // For what computing needs, taken by Call::Reserve().
  ByteBudget work;
  Executor executor;  // Last: its threads use the budgets.
};

// Everything here is thread-safe and outlives every call.
struct Runtime {
  ServerOptions options;
  ServerMetrics* metrics = nullptr;
  Timer* timer = nullptr;
  DrainGate gate;
  std::optional<BearerToken> token;
  InternalCaller internal_caller;
};

}  // namespace sightline

#endif  // SIGHTLINE_COMMON_SERVER_RUNTIME_H_
