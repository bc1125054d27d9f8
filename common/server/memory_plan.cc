#include "common/server/memory_plan.h"

#include <algorithm>
#include <numeric>

#include "absl/strings/str_cat.h"
#include "common/server/reasons.h"
#include "common/status/error.h"

namespace sightline {
namespace {

constexpr double kUsableShare = 0.8;
constexpr double kSessionShare = 0.1;
constexpr double kBodyShare = 0.3;
constexpr int64_t kLeastSessionBytes = int64_t{2} << 20;
// Less working memory than this cannot hold a single page.
constexpr int64_t kLeastWorkBytes = int64_t{8} << 20;

}  // namespace

absl::StatusOr<MemoryPlan> PlanMemory(const ServerOptions& options,
                                      const ControlGroup& control_group,
                                      int64_t machine_bytes, int64_t idle_bytes,
                                      const std::vector<double>& shares) {
  MemoryPlan plan;
  plan.threads =
      options.threads > 0 ? options.threads : ComputeThreads(control_group);
  plan.process_limit_bytes =
      options.memory_budget_bytes > 0
          ? options.memory_budget_bytes
          : control_group.memory_limit_bytes.value_or(machine_bytes);
  // A budget beyond what the kernel grants would end in a kill.
  if (control_group.memory_limit_bytes.has_value()) {
    plan.process_limit_bytes =
        std::min(plan.process_limit_bytes, *control_group.memory_limit_bytes);
  }
  plan.idle_bytes = idle_bytes;
  plan.call_bytes =
      static_cast<int64_t>(kUsableShare *
                           static_cast<double>(plan.process_limit_bytes)) -
      idle_bytes;
  const double sum = std::accumulate(shares.begin(), shares.end(), 0.0);
  // A unary request and its parsed copy (UnaryReactor::Begin).
  const int64_t least_body = 2 * options.max_message_bytes;
  for (const double share : shares) {
    const auto bytes = static_cast<int64_t>(
        static_cast<double>(plan.call_bytes) * share / sum);
    MemoryPlan::ServiceMemory service;
    service.session_bytes = std::max(
        kLeastSessionBytes,
        static_cast<int64_t>(kSessionShare * static_cast<double>(bytes)));
    service.body_bytes =
        std::max(least_body,
                 static_cast<int64_t>(kBodyShare * static_cast<double>(bytes)));
    service.work_bytes = bytes - service.session_bytes - service.body_bytes;
    if (service.work_bytes < kLeastWorkBytes) {
      const double needed =
          (static_cast<double>(least_body + kLeastSessionBytes +
                               kLeastWorkBytes) *
               sum / share +
           static_cast<double>(idle_bytes)) /
          kUsableShare;
      return Error(absl::StatusCode::kInvalidArgument, kBadConfiguration)
          .Message(absl::StrCat(
              "too little memory: the process may use ",
              plan.process_limit_bytes >> 20,
              " MiB (--memory_budget or the "
              "control group), requests of --max_message_bytes need at least ",
              static_cast<int64_t>(needed) >> 20, " MiB"));
    }
    plan.services.push_back(service);
  }
  return plan;
}

}  // namespace sightline
