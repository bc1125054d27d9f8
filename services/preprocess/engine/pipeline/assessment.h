// What a page is like, and what `auto` would do to it, without the costliest
// part of doing it.
#ifndef SIGHTLINE_SERVICES_PREPROCESS_ENGINE_PIPELINE_ASSESSMENT_H_
#define SIGHTLINE_SERVICES_PREPROCESS_ENGINE_PIPELINE_ASSESSMENT_H_

#include <cstdint>

#include "absl/status/statusor.h"
#include "services/preprocess/engine/execution.h"
#include "services/preprocess/engine/pipeline/report.h"
#include "services/preprocess/engine/pixel_view.h"

namespace sightline::preprocess {

// Runs the operations of `auto`, each on the page as the ones before left it,
// but for Denoise: that is judged (StageReport::has_run says whether it would
// run) and left out. Errors: those of Pipeline::Run(). Thread-safe.
absl::StatusOr<PipelineReport> AssessPage(const GrayView& page,
                                          const Execution& execution = {});

// Upper bound of what AssessPage() allocates. Errors: those of
// Pipeline::WorkingBytes().
absl::StatusOr<int64_t> AssessBytes(int width, int height, int threads);

}  // namespace sightline::preprocess

#endif  // SIGHTLINE_SERVICES_PREPROCESS_ENGINE_PIPELINE_ASSESSMENT_H_
