// What the operator of a server with jobs decides.
#ifndef SIGHTLINE_COMMON_JOBS_SERVICE_JOB_OPTIONS_H_
#define SIGHTLINE_COMMON_JOBS_SERVICE_JOB_OPTIONS_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace sightline::jobs {

struct JobOptions {
  // Where jobs and their files are kept.
  std::string state_dir;
  absl::Duration retention = absl::Hours(24 * 7);
  int max_running = 1;
  int max_queued = 1000;

  // From the flags --state_dir, --job_retention, --max_running_jobs and
  // --max_queued_jobs. Errors: InvalidArgument BAD_CONFIGURATION.
  static absl::StatusOr<JobOptions> FromFlags();
};

}  // namespace sightline::jobs

#endif  // SIGHTLINE_COMMON_JOBS_SERVICE_JOB_OPTIONS_H_
