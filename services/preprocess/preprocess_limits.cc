#include "services/preprocess/preprocess_limits.h"

#include <algorithm>

#include "absl/flags/flag.h"
#include "common/memory/control_group.h"
#include "common/server/flag_range.h"
#include "common/status/status_macros.h"

ABSL_FLAG(int, page_threads, 0,
          "Threads that compute one page while no other is computed. 0: one "
          "per processor of the control group.");
ABSL_FLAG(int, max_regions, 10000,
          "Most parts of a page that one PreprocessRegions request may name.");

namespace sightline::preprocess {

absl::StatusOr<PreprocessLimits> PreprocessLimits::FromFlags() {
  PreprocessLimits limits;
  limits.page_threads = absl::GetFlag(FLAGS_page_threads);
  limits.max_regions = absl::GetFlag(FLAGS_max_regions);
  SL_RETURN_IF_ERROR(
      CheckFlagRange("page_threads", limits.page_threads, 0, 256));
  SL_RETURN_IF_ERROR(
      CheckFlagRange("max_regions", limits.max_regions, 1, 100000));
  if (limits.page_threads == 0) {
    limits.page_threads = std::min(ComputeThreads(ReadControlGroup()), 256);
  }
  return limits;
}

}  // namespace sightline::preprocess
