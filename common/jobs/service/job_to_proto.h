// Jobs and their events as messages.
#ifndef SIGHTLINE_COMMON_JOBS_SERVICE_JOB_TO_PROTO_H_
#define SIGHTLINE_COMMON_JOBS_SERVICE_JOB_TO_PROTO_H_

#include "common/jobs/job.h"
#include "sightline/jobs/v1/jobs.pb.h"

namespace sightline::jobs {

v1::Job ToProto(const Job& job);
v1::JobProgress ToProto(const Progress& progress);
v1::Artifact ToProto(const Artifact& artifact);
v1::WatchJobResponse ToProto(const Event& event);

}  // namespace sightline::jobs

#endif  // SIGHTLINE_COMMON_JOBS_SERVICE_JOB_TO_PROTO_H_
