// Opening, recovering, sweeping.
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/jobs/reasons.h"
#include "common/jobs/sqlite/schema.h"
#include "common/jobs/sqlite/store.h"
#include "common/jobs/system_error.h"
#include "common/status/error.h"
#include "common/status/status_macros.h"

namespace sightline::jobs {

absl::StatusOr<std::unique_ptr<FolderLock>> FolderLock::Take(
    const std::string& folder) {
  const int descriptor = open(absl::StrCat(folder, "/lock").c_str(),
                              O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (descriptor < 0) return SystemError("open the lock of the store", errno);
  std::unique_ptr<FolderLock> lock(new FolderLock(descriptor));
  // The kernel gives it back when the process ends, however it ends.
  if (flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
    return Error(absl::StatusCode::kFailedPrecondition, kJobStoreBusy)
        .Message(
            "another process has the folder of --state_dir; every server "
            "needs one of its own");
  }
  return lock;
}

FolderLock::~FolderLock() { close(descriptor_); }

SqliteJobStore::SqliteJobStore(SqliteJobStoreOptions options,
                               ArtifactStore* artifacts,
                               std::unique_ptr<FolderLock> lock,
                               std::unique_ptr<Database> database)
    : options_(std::move(options)),
      artifacts_(artifacts),
      lock_(std::move(lock)),
      database_(std::move(database)) {}

absl::Status SqliteJobStore::Recover() {
  SL_ASSIGN_OR_RETURN(const std::vector<int64_t> marked, Marked());
  for (const int64_t key : marked) SL_RETURN_IF_ERROR(Remove(key));
  SL_RETURN_IF_ERROR(Scrub());

  std::lock_guard<std::mutex> lock(mutex_);
  Transaction transaction(*database_);
  SL_RETURN_IF_ERROR(transaction.Begin(Durability::kPower));
  // This process alone has the folder: whoever had a lease is gone.
  SL_RETURN_IF_ERROR(Query(*database_,
                           "UPDATE jobs SET lease_until = 0 WHERE state = ?",
                           static_cast<int>(JobState::kRunning))
                         .Run());
  std::vector<std::string> changed;
  SL_RETURN_IF_ERROR(TakeBackExpired(changed));
  SL_RETURN_IF_ERROR(transaction.Commit());
  return RemoveOrphans();
}

absl::Status SqliteJobStore::TakeBackExpired(
    std::vector<std::string>& changed) {
  std::vector<JobRow> expired;
  {
    Query query(*database_,
                "SELECT " SL_JOB_COLUMNS
                " FROM jobs WHERE state = ? AND lease_until < ? AND "
                "is_deleted = 0 ORDER BY accepted",
                static_cast<int>(JobState::kRunning), ToMicroseconds(Now()));
    while (query.Next()) {
      SL_ASSIGN_OR_RETURN(JobRow row, ReadJob(*database_, query));
      expired.push_back(std::move(row));
    }
    SL_RETURN_IF_ERROR(query.status());
  }
  for (JobRow& row : expired) {
    SL_RETURN_IF_ERROR(TakeBack(row));
    changed.push_back(row.job.id);
  }
  return absl::OkStatus();
}

absl::Status SqliteJobStore::TakeBack(JobRow& row) {
  ++row.crashes;
  if (row.job.cancel_requested) {
    return End(row, JobState::kCancelled, absl::OkStatus());
  }
  if (row.crashes >= options_.max_crashes) {
    return End(
        row, JobState::kFailed,
        Error(absl::StatusCode::kInternal, kJobCrashed)
            .Message(absl::StrCat(
                "the job was given up: ", row.crashes,
                " times in a row its worker ended without a new checkpoint"))
            .With("crashes", absl::StrCat(row.crashes)));
  }
  return ChangeState(row, JobState::kQueued);
}

absl::Status SqliteJobStore::ChangeState(JobRow& row, JobState state) {
  row.job.state = state;
  SL_RETURN_IF_ERROR(AddEvent(*database_, row, Now(),
                              StateChange{state, row.job.cancel_requested,
                                          row.job.attempt, row.job.error}));
  return UpdateJob(*database_, row);
}

absl::Status SqliteJobStore::End(JobRow& row, JobState state,
                                 const absl::Status& error) {
  row.job.error = error;
  row.job.ended = Now();
  row.job.expires = *row.job.ended + options_.retention;
  row.job.progress.remaining = std::nullopt;
  if (state == JobState::kSucceeded) row.job.progress.fraction = 1;
  // The file goes once this is committed, or at the next start.
  row.checkpoint = Blob();
  return ChangeState(row, state);
}

absl::Status SqliteJobStore::RemoveOrphans() {
  // Job id -> blobs that are referred to.
  std::map<std::string, std::set<std::string>> wanted;
  {
    Query query(
        *database_,
        "SELECT id, checkpoint_id FROM jobs UNION "
        "SELECT id, blob_id FROM artifacts JOIN jobs ON job = accepted");
    while (query.Next()) wanted[query.Text(0)].insert(query.Text(1));
    SL_RETURN_IF_ERROR(query.status());
  }
  SL_ASSIGN_OR_RETURN(const auto folders, artifacts_->Jobs());
  for (const std::string& job_id : folders) {
    const auto found = wanted.find(job_id);
    if (found == wanted.end()) {
      SL_RETURN_IF_ERROR(artifacts_->RemoveJob(job_id));
      continue;
    }
    SL_ASSIGN_OR_RETURN(const auto blobs, artifacts_->Blobs(job_id));
    for (const std::string& blob : blobs) {
      if (found->second.count(blob) == 0) {
        SL_RETURN_IF_ERROR(artifacts_->Remove(job_id, blob));
      }
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<std::unique_ptr<JobStore>> OpenSqliteJobStore(
    SqliteJobStoreOptions options, ArtifactStore* artifacts) {
  SL_RETURN_IF_ERROR(MakeFolder(options.folder));
  SL_ASSIGN_OR_RETURN(auto lock, FolderLock::Take(options.folder));
  Database::Options database_options;
  database_options.max_bytes = options.max_database_bytes;
  SL_ASSIGN_OR_RETURN(auto database,
                      Database::Open(absl::StrCat(options.folder, "/jobs.db"),
                                     database_options));
  SL_RETURN_IF_ERROR(Migrate(*database, Migrations()));
  auto store = std::make_unique<SqliteJobStore>(
      std::move(options), artifacts, std::move(lock), std::move(database));
  SL_RETURN_IF_ERROR(store->Recover());
  return store;
}

}  // namespace sightline::jobs
