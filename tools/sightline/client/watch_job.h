// Follows a job over connections that come and go.
#ifndef SIGHTLINE_TOOLS_SIGHTLINE_CLIENT_WATCH_JOB_H_
#define SIGHTLINE_TOOLS_SIGHTLINE_CLIENT_WATCH_JOB_H_

#include <cstdint>
#include <functional>
#include <string>

#include "absl/status/status.h"
#include "common/stop/stop_token.h"
#include "sightline/jobs/v1/jobs.pb.h"
#include "tools/sightline/client/connection.h"

namespace sightline::cli {

struct WatchOptions {
  std::string job_id;
  // Events behind this one.
  int64_t after_event = 0;
  bool skip_previews = false;
};

// Gives every event of the job to `take`, in order, each once, until the job
// has ended or `take` fails. A stream that breaks is opened again behind the
// last event, as often in a row as the connection's retries say. Errors: those
// of the call and of `take`; the stop's reason.
absl::Status WatchJob(
    const Connection& connection, const WatchOptions& options,
    const StopToken& stop,
    const std::function<absl::Status(const jobs::v1::WatchJobResponse&)>& take);

}  // namespace sightline::cli

#endif  // SIGHTLINE_TOOLS_SIGHTLINE_CLIENT_WATCH_JOB_H_
