#include "common/jobs/service/job_service.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "common/jobs/reasons.h"
#include "common/jobs/service/job_to_proto.h"
#include "common/jobs/service/job_watch.h"
#include "common/status/error.h"
#include "common/status/status_macros.h"
#include "sightline/jobs/v1/jobs.grpc.pb.h"

namespace sightline::jobs {
namespace {

constexpr int kDefaultPage = 100;
constexpr int kLargestPage = 1000;

absl::StatusOr<JobFilter> ToFilter(const v1::ListJobsRequest& request) {
  JobFilter filter;
  filter.kind = request.kind();
  filter.owner = request.owner();
  for (int i = 0; i < request.states_size(); ++i) {
    const int state = request.states(i);
    if (state == v1::JOB_STATE_UNSPECIFIED || !v1::JobState_IsValid(state)) {
      return Error(absl::StatusCode::kInvalidArgument, kJobRequestInvalid)
          .Field(absl::StrCat("states[", i, "]"), "is no state of a job");
    }
    // The contract's numbers are the engine's.
    filter.states.push_back(static_cast<JobState>(state));
  }
  return filter;
}

absl::StatusOr<int> ToPageSize(const v1::ListJobsRequest& request) {
  if (request.page_size() == 0) return kDefaultPage;
  if (request.page_size() < 1 || request.page_size() > kLargestPage) {
    return Error(absl::StatusCode::kInvalidArgument, kJobRequestInvalid)
        .Field("page_size", absl::StrCat("is ", request.page_size(), "; 1 to ",
                                         kLargestPage, " are allowed"));
  }
  return request.page_size();
}

}  // namespace

JobService::JobService(std::shared_ptr<JobHost> host)
    : Service(v1::JobService::service_full_name()), host_(std::move(host)) {
  Unary<v1::GetJobRequest, v1::GetJobResponse>(
      "GetJob", [this](Call& call, const v1::GetJobRequest& request) {
        return GetJob(call, request);
      });
  Unary<v1::ListJobsRequest, v1::ListJobsResponse>(
      "ListJobs", [this](Call& call, const v1::ListJobsRequest& request) {
        return ListJobs(call, request);
      });
  Unary<v1::CancelJobRequest, v1::CancelJobResponse>(
      "CancelJob", [this](Call& call, const v1::CancelJobRequest& request) {
        return CancelJob(call, request);
      });
  Unary<v1::DeleteJobRequest, v1::DeleteJobResponse>(
      "DeleteJob", [this](Call& call, const v1::DeleteJobRequest& request) {
        return DeleteJob(call, request);
      });
  AnswerStream<v1::WatchJobRequest, v1::WatchJobResponse>(
      "WatchJob", [this](Call& call, const v1::WatchJobRequest& request,
                         StreamWaker waker) {
        return WatchJob(call, request, std::move(waker));
      });
}

absl::StatusOr<v1::GetJobResponse> JobService::GetJob(
    Call& call, const v1::GetJobRequest& request) {
  SL_RETURN_IF_ERROR(call.EnterStage("read"));
  SL_ASSIGN_OR_RETURN(const Job job, host_->store().Get(request.job_id()));
  v1::GetJobResponse response;
  *response.mutable_job() = ToProto(job);
  return response;
}

absl::StatusOr<v1::ListJobsResponse> JobService::ListJobs(
    Call& call, const v1::ListJobsRequest& request) {
  SL_RETURN_IF_ERROR(call.EnterStage("read"));
  SL_ASSIGN_OR_RETURN(const JobFilter filter, ToFilter(request));
  SL_ASSIGN_OR_RETURN(const int page_size, ToPageSize(request));
  SL_ASSIGN_OR_RETURN(JobPage page, host_->store().List(filter, page_size,
                                                        request.page_token()));
  v1::ListJobsResponse response;
  for (const Job& job : page.jobs) *response.add_jobs() = ToProto(job);
  response.set_next_page_token(page.next_token);
  return response;
}

absl::StatusOr<v1::CancelJobResponse> JobService::CancelJob(
    Call& call, const v1::CancelJobRequest& request) {
  SL_RETURN_IF_ERROR(call.EnterStage("cancel"));
  SL_ASSIGN_OR_RETURN(const Job job,
                      host_->store().RequestCancel(request.job_id()));
  v1::CancelJobResponse response;
  *response.mutable_job() = ToProto(job);
  return response;
}

absl::StatusOr<v1::DeleteJobResponse> JobService::DeleteJob(
    Call& call, const v1::DeleteJobRequest& request) {
  SL_RETURN_IF_ERROR(call.EnterStage("delete"));
  SL_RETURN_IF_ERROR(host_->store().Delete(request.job_id()));
  return v1::DeleteJobResponse();
}

absl::StatusOr<Producer<v1::WatchJobResponse>> JobService::WatchJob(
    Call& call, const v1::WatchJobRequest& request, StreamWaker waker) {
  SL_RETURN_IF_ERROR(call.EnterStage("read"));
  SL_ASSIGN_OR_RETURN(
      std::shared_ptr<JobWatch> watch,
      JobWatch::Open(host_->store(), request.job_id(), request.after_event(),
                     request.skip_previews(),
                     [waker = std::move(waker)] { waker.Wake(); }));
  return Producer<v1::WatchJobResponse>(
      [watch](Call& call) -> absl::StatusOr<NextAnswer<v1::WatchJobResponse>> {
        SL_RETURN_IF_ERROR(call.EnterStage("read"));
        SL_ASSIGN_OR_RETURN(const Event* const event, watch->Next());
        if (event != nullptr) return ToProto(*event);
        if (watch->is_over()) return StreamEnd();
        return StreamWait();
      });
}

}  // namespace sightline::jobs
