// How the SqliteJobStore is made; for its own sources alone. The class stands
// in four files: store_life.cc opens, recovers and sweeps, store_creators.cc
// accepts, shows and cancels, store_workers.cc hands out and takes reports,
// store_removal.cc deletes.
#ifndef SIGHTLINE_COMMON_JOBS_SQLITE_STORE_H_
#define SIGHTLINE_COMMON_JOBS_SQLITE_STORE_H_

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "common/jobs/job_signals.h"
#include "common/jobs/job_store.h"
#include "common/jobs/sqlite/database.h"
#include "common/jobs/sqlite/job_rows.h"
#include "common/jobs/sqlite/sqlite_job_store.h"

namespace sightline::jobs {

// Keeps other processes out of a folder as long as it exists.
class FolderLock {
 public:
  // Errors: FailedPrecondition JOB_STORE_BUSY.
  static absl::StatusOr<std::unique_ptr<FolderLock>> Take(
      const std::string& folder);
  ~FolderLock();

 private:
  explicit FolderLock(int descriptor) : descriptor_(descriptor) {}
  const int descriptor_;
};

class SqliteJobStore final : public JobStore {
 public:
  SqliteJobStore(SqliteJobStoreOptions options, ArtifactStore* artifacts,
                 std::unique_ptr<FolderLock> lock,
                 std::unique_ptr<Database> database);

  // Puts in order what the last process left: to be called once, first.
  absl::Status Recover();

  absl::StatusOr<Creation> Create(const NewJob& job) override;
  absl::StatusOr<Job> Get(const std::string& job_id) override;
  absl::StatusOr<JobPage> List(const JobFilter& filter, int page_size,
                               const std::string& page_token) override;
  absl::StatusOr<std::vector<Event>> Events(const std::string& job_id,
                                            int64_t after, int most) override;
  absl::StatusOr<Job> RequestCancel(const std::string& job_id) override;
  absl::Status Delete(const std::string& job_id) override;
  absl::StatusOr<JobCounts> Count() override;

  absl::StatusOr<std::optional<Claim>> ClaimNext(
      const std::map<std::string, int>& max_running,
      absl::Duration lease) override;
  absl::StatusOr<bool> Heartbeat(const Lease& lease,
                                 absl::Duration duration) override;
  absl::Status ReportProgress(const Lease& lease,
                              const Progress& progress) override;
  absl::Status AddPreview(const Lease& lease, const Preview& preview) override;
  absl::Status AddArtifact(const Lease& lease,
                           const Artifact& artifact) override;
  absl::Status SetCheckpoint(const Lease& lease, const Blob& blob) override;
  absl::StatusOr<std::optional<Blob>> Checkpoint(const Lease& lease) override;
  absl::Status Finish(const Lease& lease, const absl::Status& outcome,
                      bool was_cancelled) override;
  absl::Status Release(const Lease& lease) override;

  absl::StatusOr<int> Sweep() override;
  std::unique_ptr<Subscription> Subscribe(
      const std::string& job_id,
      std::function<void(const std::string& job_id)> changed) override {
    return signals_.Subscribe(job_id, std::move(changed));
  }

 private:
  // To be called with mutex_ held.
  absl::StatusOr<JobRow> Insert(const NewJob& job, const std::string& id);
  // The job of that kind and request id, if there is one.
  absl::StatusOr<std::optional<Creation>> FindRequest(
      const NewJob& job, const std::string& request_sha256);
  absl::StatusOr<std::optional<JobRow>> ChooseRow(
      const std::map<std::string, int>& max_running);
  // Writes that the job's state is another now, with its event.
  absl::Status ChangeState(JobRow& row, JobState state);
  // The same for the end; the checkpoint is not needed any more.
  absl::Status End(JobRow& row, JobState state, const absl::Status& error);
  // Rule 4: its worker is gone. Within a transaction.
  absl::Status TakeBack(JobRow& row);
  absl::Status TakeBackExpired(std::vector<std::string>& changed);
  absl::Status RemoveOrphans();

  // The steps of a deletion, each to be called without mutex_: nobody sees the
  // job any more; its files and rows are gone; no byte of them is left.
  absl::StatusOr<int64_t> MarkDeleted(const std::string& job_id);
  absl::Status Remove(int64_t key);
  absl::Status Scrub();
  // What is marked and not yet removed.
  absl::StatusOr<std::vector<int64_t>> Marked();

  absl::Time Now() const { return options_.clock(); }
  absl::Status Reach(FaultPoint point) const {
    return jobs::Reach(options_.faults, point);
  }
  // A file that nothing refers to any more. One that stays is removed at the
  // next start.
  void Discard(const std::string& job_id, const std::string& blob_id) {
    if (blob_id.empty()) return;
    artifacts_->Remove(job_id, blob_id).IgnoreError();
  }

  const SqliteJobStoreOptions options_;
  ArtifactStore* const artifacts_;
  const std::unique_ptr<FolderLock> lock_;
  JobSignals signals_;
  std::mutex mutex_;
  const std::unique_ptr<Database> database_;  // Guarded by mutex_.
};

}  // namespace sightline::jobs

#endif  // SIGHTLINE_COMMON_JOBS_SQLITE_STORE_H_
