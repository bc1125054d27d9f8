// Operators in a pipeline, done by a device if there is one that does them.
// Internal to the pipeline.
#ifndef SIGHTLINE_SERVICES_PREPROCESS_ENGINE_PIPELINE_ACCELERATED_H_
#define SIGHTLINE_SERVICES_PREPROCESS_ENGINE_PIPELINE_ACCELERATED_H_

#include <string>

#include "absl/status/status.h"
#include "common/image/image.h"
#include "common/status/status_macros.h"
#include "services/preprocess/engine/accelerator.h"
#include "services/preprocess/engine/execution.h"
#include "services/preprocess/engine/pipeline/report.h"

namespace sightline::preprocess {

// Asks execution.accelerator, then runs `run` itself; the bytes are the same.
// Operators without a WorkOf() are never asked for. Writes report.device and
// report.fallback_reason. Errors: those of run.Run().
template <typename Operator, typename View>
absl::Status RunAccelerated(const Operator& run, const View& in, GrayImage& out,
                            const Execution& execution, StageReport& report) {
  if constexpr (requires { WorkOf(run); }) {
    if (execution.accelerator != nullptr) {
      SL_RETURN_IF_ERROR(CheckRun(in, execution));
      SL_ASSIGN_OR_RETURN(
          const FallbackReason reason,
          execution.accelerator->TryRun(WorkOf(run), in, out, execution.stop));
      if (reason == FallbackReason::kNone) {
        report.device = execution.accelerator->name();
        return absl::OkStatus();
      }
      report.fallback_reason = std::string(NameOf(reason));
    }
  }
  return run.Run(in, out, execution);
}

}  // namespace sightline::preprocess

#endif  // SIGHTLINE_SERVICES_PREPROCESS_ENGINE_PIPELINE_ACCELERATED_H_
