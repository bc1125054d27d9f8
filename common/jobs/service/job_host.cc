#include "common/jobs/service/job_host.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "common/jobs/file_artifact_store.h"
#include "common/jobs/sqlite/sqlite_job_store.h"
#include "common/status/status_macros.h"

namespace sightline::jobs {

absl::StatusOr<std::shared_ptr<JobHost>> JobHost::Open(
    const JobOptions& options,
    std::function<absl::Status(const Job& job, const std::string& request)>
        remove_inputs) {
  std::shared_ptr<JobHost> host(new JobHost());
  host->max_running_ = options.max_running;
  SL_ASSIGN_OR_RETURN(host->artifacts_, OpenFileArtifactStore(absl::StrCat(
                                            options.state_dir, "/files")));
  SqliteJobStoreOptions store;
  store.folder = options.state_dir;
  store.retention = options.retention;
  store.max_queued = options.max_queued;
  store.remove_inputs = std::move(remove_inputs);
  SL_ASSIGN_OR_RETURN(host->store_, OpenSqliteJobStore(std::move(store),
                                                       host->artifacts_.get()));
  return host;
}

// Members in reverse order: the runner drains while the store is there.
JobHost::~JobHost() = default;

void JobHost::Start(std::vector<JobKind> kinds) {
  JobRunnerOptions options;
  options.threads = max_running_;
  runner_ = std::make_unique<JobRunner>(store_.get(), artifacts_.get(),
                                        std::move(kinds), options);
  runner_->Start();
}

void JobHost::BeginDrain() {
  if (runner_ != nullptr) runner_->BeginDrain();
}

}  // namespace sightline::jobs
