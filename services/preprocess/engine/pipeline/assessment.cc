#include "services/preprocess/engine/pipeline/assessment.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/time/clock.h"
#include "common/status/status_macros.h"
#include "services/preprocess/engine/pipeline/pipeline.h"
#include "services/preprocess/engine/pipeline/presets.h"

namespace sightline::preprocess {
namespace {

// What Denoise would do to `page`.
absl::StatusOr<StageReport> JudgeDenoise(const Denoise& denoise,
                                         const GrayView& page,
                                         const Execution& execution) {
  const absl::Time start = absl::Now();
  StageReport report;
  report.name = std::string(NameOf(Operation(denoise)));
  report.operation_count = 1;
  SL_ASSIGN_OR_RETURN(const double strength,
                      JudgeNoise(page, denoise, execution, report));
  report.has_run = strength > 0;
  report.elapsed = absl::Now() - start;
  return report;
}

}  // namespace

absl::StatusOr<PipelineReport> AssessPage(const GrayView& page,
                                          const Execution& execution) {
  PipelineReport whole;
  GrayImage changed;
  const std::vector<Operation> operations = OperationsOf(Preset::kAuto);
  for (size_t i = 0; i < operations.size(); ++i) {
    const GrayView current = changed.empty() ? page : GrayView(changed);
    StageReport report;
    if (const auto* denoise = std::get_if<Denoise>(&operations[i])) {
      SL_RETURN_IF_ERROR(CheckRun(current, execution));
      SL_ASSIGN_OR_RETURN(report, JudgeDenoise(*denoise, current, execution));
    } else {
      SL_ASSIGN_OR_RETURN(const Pipeline one,
                          Pipeline::Create({operations[i]}));
      SL_ASSIGN_OR_RETURN(Preprocessed done, one.Run(current, execution));
      report = std::move(done.report.stages.front());
      if (report.has_run) {
        changed = std::move(done.page);
        whole.output_to_input = whole.output_to_input * report.output_to_input;
      }
    }
    report.first_operation = static_cast<int>(i);
    whole.is_unchanged = whole.is_unchanged && !report.has_run;
    whole.stages.push_back(std::move(report));
  }
  return whole;
}

absl::StatusOr<int64_t> AssessBytes(int width, int height, int threads) {
  SL_ASSIGN_OR_RETURN(const Pipeline all,
                      Pipeline::Create(OperationsOf(Preset::kAuto)));
  SL_ASSIGN_OR_RETURN(const int64_t bytes,
                      all.WorkingBytes(width, height, threads));
  // An operation that leaves the page alone gives a copy of it here.
  SL_ASSIGN_OR_RETURN(const PixelSize largest,
                      all.LargestOutput(width, height));
  return bytes + int64_t{largest.width} * largest.height;
}

}  // namespace sightline::preprocess
