#include "common/jobs/service/job_options.h"

#include "absl/flags/flag.h"
#include "absl/strings/str_cat.h"
#include "common/server/flag_range.h"
#include "common/server/reasons.h"
#include "common/status/error.h"
#include "common/status/status_macros.h"

ABSL_FLAG(std::string, state_dir, "",
          "Folder that jobs and their files are kept in, on a disk that "
          "outlives the process; made if it is not there. No other server may "
          "use it. Required.");
ABSL_FLAG(absl::Duration, job_retention, absl::Hours(24 * 7),
          "How long a job is kept after it has ended; then it is deleted with "
          "every byte it left.");
ABSL_FLAG(int, max_running_jobs, 1, "Jobs that are worked on at a time.");
ABSL_FLAG(int, max_queued_jobs, 1000,
          "Jobs that may wait; more are refused with a retry time.");

namespace sightline::jobs {
namespace {

absl::Status Bad(absl::string_view what) {
  return Error(absl::StatusCode::kInvalidArgument, kBadConfiguration)
      .Message(what);
}

}  // namespace

absl::StatusOr<JobOptions> JobOptions::FromFlags() {
  JobOptions options;
  options.state_dir = absl::GetFlag(FLAGS_state_dir);
  options.retention = absl::GetFlag(FLAGS_job_retention);
  options.max_running = absl::GetFlag(FLAGS_max_running_jobs);
  options.max_queued = absl::GetFlag(FLAGS_max_queued_jobs);
  if (options.state_dir.empty()) {
    return Bad("--state_dir is not set: say where jobs are to be kept");
  }
  if (options.retention < absl::Minutes(1) ||
      options.retention > absl::Hours(24 * 3660)) {
    return Bad(absl::StrCat("--job_retention is ",
                            absl::FormatDuration(options.retention),
                            "; 1m to 87840h are allowed"));
  }
  SL_RETURN_IF_ERROR(
      CheckFlagRange("max_running_jobs", options.max_running, 1, 1024));
  SL_RETURN_IF_ERROR(
      CheckFlagRange("max_queued_jobs", options.max_queued, 1, 100000));
  return options;
}

}  // namespace sightline::jobs
