// How a server divides its memory, decided once at the start.
//
//   process limit   --memory_budget, or the control group's limit, or the
//                   machine's memory
//   x 0.8           the rest is for the transport, fragmentation and the kernel
//   - idle          what the process takes before its first call
//   = calls         divided among the services by their shares, and each share
//                   among open streams, request bytes and working memory
#ifndef SIGHTLINE_COMMON_SERVER_MEMORY_PLAN_H_
#define SIGHTLINE_COMMON_SERVER_MEMORY_PLAN_H_

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "common/memory/control_group.h"
#include "common/server/server_options.h"

namespace sightline {

struct MemoryPlan {
  struct ServiceMemory {
    int64_t session_bytes = 0;
    int64_t body_bytes = 0;
    int64_t work_bytes = 0;
  };
  int64_t process_limit_bytes = 0;
  int64_t idle_bytes = 0;
  int64_t call_bytes = 0;
  int threads = 1;
  std::vector<ServiceMemory> services;
};

// A pure function. `shares`: one per service, > 0. Errors: InvalidArgument
// BAD_CONFIGURATION when a service could not even read one unary request.
absl::StatusOr<MemoryPlan> PlanMemory(const ServerOptions& options,
                                      const ControlGroup& control_group,
                                      int64_t machine_bytes, int64_t idle_bytes,
                                      const std::vector<double>& shares);

}  // namespace sightline

#endif  // SIGHTLINE_COMMON_SERVER_MEMORY_PLAN_H_
