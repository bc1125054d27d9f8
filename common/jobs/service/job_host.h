// The jobs of a server: store, files and runner as one thing, shared by the
// JobService and the services that create jobs.
//
//   SL_ASSIGN_OR_RETURN(const JobOptions options, JobOptions::FromFlags());
//   SL_ASSIGN_OR_RETURN(const std::shared_ptr<JobHost> jobs,
//                       JobHost::Open(options, nullptr));
//   server.Add(std::make_unique<TallyService>(jobs));
//   server.Add(std::make_unique<JobService>(jobs));
//   jobs->Start({{"tally.count", 2, [](JobContext& job) { ... }}});
//   server.AtDrain([jobs] { jobs->BeginDrain(); });
//
// Thread-safe once started.
#ifndef SIGHTLINE_COMMON_JOBS_SERVICE_JOB_HOST_H_
#define SIGHTLINE_COMMON_JOBS_SERVICE_JOB_HOST_H_

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/jobs/artifact_store.h"
#include "common/jobs/job_runner.h"
#include "common/jobs/job_store.h"
#include "common/jobs/service/job_options.h"

namespace sightline::jobs {

class JobHost {
 public:
  // Opens what the folder holds; jobs that were running are queued again.
  // `remove_inputs`: as in SqliteJobStoreOptions; may be null. Errors: those of
  // OpenSqliteJobStore() and OpenFileArtifactStore().
  static absl::StatusOr<std::shared_ptr<JobHost>> Open(
      const JobOptions& options,
      std::function<absl::Status(const Job& job, const std::string& request)>
          remove_inputs);
  // Drains, however long that takes; jobs that have not ended stay queued.
  ~JobHost();

  // Begins to work. To be called once.
  void Start(std::vector<JobKind> kinds);
  // Asks all functions to stop; see JobRunner.
  void BeginDrain();

  JobStore& store() { return *store_; }
  ArtifactStore& artifacts() { return *artifacts_; }

 private:
  JobHost() = default;

  int max_running_ = 1;
  std::unique_ptr<ArtifactStore> artifacts_;
  std::unique_ptr<JobStore> store_;
  std::unique_ptr<JobRunner> runner_;
};

}  // namespace sightline::jobs

#endif  // SIGHTLINE_COMMON_JOBS_SERVICE_JOB_HOST_H_
