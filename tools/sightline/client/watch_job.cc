#include "tools/sightline/client/watch_job.h"

#include <optional>

#include "common/status/status_macros.h"
#include "sightline/jobs/v1/jobs.grpc.pb.h"
#include "tools/sightline/client/retry.h"
#include "tools/sightline/client/rpc_error.h"

namespace sightline::cli {

using jobs::v1::JobService;
using jobs::v1::WatchJobRequest;
using jobs::v1::WatchJobResponse;

absl::Status WatchJob(
    const Connection& connection, const WatchOptions& options,
    const StopToken& stop,
    const std::function<absl::Status(const WatchJobResponse&)>& take) {
  const auto stub = JobService::NewStub(connection.channel());
  WatchJobRequest request;
  request.set_job_id(options.job_id);
  request.set_after_event(options.after_event);
  request.set_skip_previews(options.skip_previews);
  int failures = 0;
  while (true) {
    SL_RETURN_IF_ERROR(stop.Poll());
    grpc::ClientContext context;
    // A job may wait for hours and say nothing.
    connection.Prepare(context, absl::InfiniteFuture());
    absl::Status taken;
    absl::Status outcome;
    {
      const StopCallback cancel(stop, [&context] { context.TryCancel(); });
      const auto reader = stub->WatchJob(&context, request);
      WatchJobResponse response;
      while (taken.ok() && reader->Read(&response)) {
        failures = 0;
        request.set_after_event(response.event_number());
        taken = take(response);
      }
      if (!taken.ok()) context.TryCancel();
      outcome = FromCall(reader->Finish(), context);
    }
    SL_RETURN_IF_ERROR(taken);
    SL_RETURN_IF_ERROR(stop.Poll());
    if (outcome.ok()) return outcome;
    const std::optional<absl::Duration> delay = RetryDelay(outcome, failures);
    if (!delay.has_value() || ++failures > connection.options().retries) {
      return outcome;
    }
    SL_RETURN_IF_ERROR(WaitFor(*delay, stop));
  }
}

}  // namespace sightline::cli
