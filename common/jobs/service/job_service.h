// JobService: jobs of this server for everybody's eyes.
#ifndef SIGHTLINE_COMMON_JOBS_SERVICE_JOB_SERVICE_H_
#define SIGHTLINE_COMMON_JOBS_SERVICE_JOB_SERVICE_H_

#include <memory>

#include "common/jobs/service/job_host.h"
#include "common/server/service.h"
#include "sightline/jobs/v1/jobs.pb.h"

namespace sightline::jobs {

class JobService final : public Service {
 public:
  explicit JobService(std::shared_ptr<JobHost> host);

 private:
  absl::StatusOr<v1::GetJobResponse> GetJob(Call& call,
                                            const v1::GetJobRequest& request);
  absl::StatusOr<v1::ListJobsResponse> ListJobs(
      Call& call, const v1::ListJobsRequest& request);
  absl::StatusOr<v1::CancelJobResponse> CancelJob(
      Call& call, const v1::CancelJobRequest& request);
  absl::StatusOr<v1::DeleteJobResponse> DeleteJob(
      Call& call, const v1::DeleteJobRequest& request);
  absl::StatusOr<Producer<v1::WatchJobResponse>> WatchJob(
      Call& call, const v1::WatchJobRequest& request, StreamWaker waker);

  const std::shared_ptr<JobHost> host_;
};

}  // namespace sightline::jobs

#endif  // SIGHTLINE_COMMON_JOBS_SERVICE_JOB_SERVICE_H_
