// Handing jobs to workers, and taking what they report.
#include <algorithm>
#include <utility>

#include "common/jobs/job_rules.h"
#include "common/jobs/sqlite/store.h"
#include "common/status/status_macros.h"

namespace sightline::jobs {

absl::StatusOr<std::optional<Claim>> SqliteJobStore::ClaimNext(
    const std::map<std::string, int>& max_running, absl::Duration lease) {
  std::vector<std::string> changed;
  std::optional<Claim> claim;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    Transaction transaction(*database_);
    SL_RETURN_IF_ERROR(transaction.Begin(Durability::kPower));
    SL_RETURN_IF_ERROR(TakeBackExpired(changed));
    SL_ASSIGN_OR_RETURN(std::optional<JobRow> row, ChooseRow(max_running));
    if (row.has_value()) {
      const absl::Time now = Now();
      SL_RETURN_IF_ERROR(
          Query(*database_,
                "UPDATE jobs SET lease_until = ?, turn = (SELECT max(turn) + 1 "
                "FROM jobs) WHERE accepted = ?",
                ToMicroseconds(now + lease), row->key)
              .Run());
      ++row->job.attempt;
      if (!row->job.started.has_value()) row->job.started = now;
      SL_RETURN_IF_ERROR(ChangeState(*row, JobState::kRunning));
      claim.emplace();
      {
        Query query(*database_, "SELECT request FROM requests WHERE job = ?",
                    row->key);
        if (query.Next()) claim->request = query.Text(0);
        SL_RETURN_IF_ERROR(query.status());
      }
      SL_RETURN_IF_ERROR(Reach(FaultPoint::kClaimWritten));
      claim->lease = {row->job.id, row->job.attempt};
      claim->job = std::move(row->job);
      changed.push_back(claim->job.id);
    }
    // Nothing written, nothing to sync.
    if (!changed.empty()) SL_RETURN_IF_ERROR(transaction.Commit());
  }
  for (const std::string& job_id : changed) signals_.Changed(job_id);
  if (claim.has_value()) {
    SL_RETURN_IF_ERROR(Reach(FaultPoint::kClaimCommitted));
  }
  return claim;
}

absl::StatusOr<std::optional<JobRow>> SqliteJobStore::ChooseRow(
    const std::map<std::string, int>& max_running) {
  std::vector<Candidate> candidates;
  Load load;
  {
    // With min(), SQLite gives the other columns of the row that has it.
    Query query(*database_,
                "SELECT id, kind, owner, min(accepted) FROM jobs WHERE "
                "state = ? AND is_deleted = 0 GROUP BY kind, owner",
                static_cast<int>(JobState::kQueued));
    while (query.Next()) {
      candidates.push_back(
          {query.Text(0), query.Text(1), query.Text(2), query.Integer(3)});
    }
    SL_RETURN_IF_ERROR(query.status());
  }
  if (candidates.empty()) return std::nullopt;
  {
    Query query(*database_,
                "SELECT kind, owner, sum(state = ?), max(turn) FROM jobs WHERE "
                "is_deleted = 0 GROUP BY kind, owner",
                static_cast<int>(JobState::kRunning));
    while (query.Next()) {
      const int running = static_cast<int>(query.Integer(2));
      load.running_of_kind[query.Text(0)] += running;
      load.running_of_owner[query.Text(1)] += running;
      int64_t& turn = load.last_turn_of_owner[query.Text(1)];
      turn = std::max(turn, query.Integer(3));
    }
    SL_RETURN_IF_ERROR(query.status());
  }
  const Candidate* const next = ChooseNext(candidates, load, max_running);
  if (next == nullptr) return std::nullopt;
  SL_ASSIGN_OR_RETURN(JobRow row, FindJob(*database_, next->job_id));
  return row;
}

absl::StatusOr<bool> SqliteJobStore::Heartbeat(const Lease& lease,
                                               absl::Duration duration) {
  std::lock_guard<std::mutex> lock(mutex_);
  SL_ASSIGN_OR_RETURN(const JobRow row, FindLeased(*database_, lease));
  Transaction transaction(*database_);
  SL_RETURN_IF_ERROR(transaction.Begin(Durability::kProcess));
  SL_RETURN_IF_ERROR(Query(*database_,
                           "UPDATE jobs SET lease_until = ? WHERE accepted = ?",
                           ToMicroseconds(Now() + duration), row.key)
                         .Run());
  SL_RETURN_IF_ERROR(transaction.Commit());
  return row.job.cancel_requested;
}

absl::Status SqliteJobStore::ReportProgress(const Lease& lease,
                                            const Progress& progress) {
  SL_RETURN_IF_ERROR(CheckProgress(progress));
  {
    std::lock_guard<std::mutex> lock(mutex_);
    SL_ASSIGN_OR_RETURN(JobRow row, FindLeased(*database_, lease));
    Transaction transaction(*database_);
    SL_RETURN_IF_ERROR(transaction.Begin(Durability::kProcess));
    row.job.progress = Advance(row.job.progress, progress);
    SL_RETURN_IF_ERROR(AddEvent(*database_, row, Now(), row.job.progress));
    SL_RETURN_IF_ERROR(UpdateJob(*database_, row));
    SL_RETURN_IF_ERROR(Reach(FaultPoint::kProgressWritten));
    SL_RETURN_IF_ERROR(transaction.Commit());
  }
  signals_.Changed(lease.job_id);
  return Reach(FaultPoint::kProgressCommitted);
}

absl::Status SqliteJobStore::AddPreview(const Lease& lease,
                                        const Preview& preview) {
  SL_RETURN_IF_ERROR(CheckPreview(preview));
  {
    std::lock_guard<std::mutex> lock(mutex_);
    SL_ASSIGN_OR_RETURN(JobRow row, FindLeased(*database_, lease));
    Transaction transaction(*database_);
    SL_RETURN_IF_ERROR(transaction.Begin(Durability::kProcess));
    SL_RETURN_IF_ERROR(AddEvent(*database_, row, Now(), preview));
    SL_RETURN_IF_ERROR(UpdateJob(*database_, row));
    SL_RETURN_IF_ERROR(Reach(FaultPoint::kPreviewWritten));
    SL_RETURN_IF_ERROR(transaction.Commit());
  }
  signals_.Changed(lease.job_id);
  return absl::OkStatus();
}

absl::Status SqliteJobStore::AddArtifact(const Lease& lease,
                                         const Artifact& artifact) {
  SL_RETURN_IF_ERROR(CheckArtifactName(artifact.name, artifact.media_type));
  std::string replaced;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    SL_ASSIGN_OR_RETURN(JobRow row, FindLeased(*database_, lease));
    for (const Artifact& old : row.job.artifacts) {
      if (old.name == artifact.name) replaced = old.blob.id;
    }
    Transaction transaction(*database_);
    SL_RETURN_IF_ERROR(transaction.Begin(Durability::kPower));
    Artifact stored = artifact;
    stored.created = Now();
    SL_RETURN_IF_ERROR(AddEvent(*database_, row, stored.created, stored));
    SL_RETURN_IF_ERROR(
        Query(*database_,
              "INSERT OR REPLACE INTO artifacts (job, name, media_type, "
              "blob_id, sha256, size_bytes, created, event) "
              "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
              row.key, stored.name, stored.media_type, stored.blob.id,
              stored.blob.sha256, stored.blob.size_bytes,
              ToMicroseconds(stored.created), row.job.last_event)
            .Run());
    SL_RETURN_IF_ERROR(UpdateJob(*database_, row));
    SL_RETURN_IF_ERROR(Reach(FaultPoint::kArtifactWritten));
    SL_RETURN_IF_ERROR(transaction.Commit());
  }
  signals_.Changed(lease.job_id);
  SL_RETURN_IF_ERROR(Reach(FaultPoint::kArtifactCommitted));
  Discard(lease.job_id, replaced);
  return absl::OkStatus();
}

absl::Status SqliteJobStore::SetCheckpoint(const Lease& lease,
                                           const Blob& blob) {
  std::string replaced;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    SL_ASSIGN_OR_RETURN(JobRow row, FindLeased(*database_, lease));
    Transaction transaction(*database_);
    SL_RETURN_IF_ERROR(transaction.Begin(Durability::kPower));
    replaced = row.checkpoint.id;
    row.checkpoint = blob;
    row.job.checkpointed = Now();
    row.crashes = 0;
    SL_RETURN_IF_ERROR(UpdateJob(*database_, row));
    SL_RETURN_IF_ERROR(Reach(FaultPoint::kCheckpointWritten));
    SL_RETURN_IF_ERROR(transaction.Commit());
  }
  SL_RETURN_IF_ERROR(Reach(FaultPoint::kCheckpointCommitted));
  Discard(lease.job_id, replaced);
  return absl::OkStatus();
}

absl::StatusOr<std::optional<Blob>> SqliteJobStore::Checkpoint(
    const Lease& lease) {
  std::lock_guard<std::mutex> lock(mutex_);
  SL_ASSIGN_OR_RETURN(const JobRow row, FindLeased(*database_, lease));
  if (row.checkpoint.id.empty()) return std::nullopt;
  return row.checkpoint;
}

absl::Status SqliteJobStore::Finish(const Lease& lease,
                                    const absl::Status& outcome,
                                    bool was_cancelled) {
  std::string unused;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    SL_ASSIGN_OR_RETURN(JobRow row, FindLeased(*database_, lease));
    Transaction transaction(*database_);
    SL_RETURN_IF_ERROR(transaction.Begin(Durability::kPower));
    unused = row.checkpoint.id;
    if (was_cancelled) {
      SL_RETURN_IF_ERROR(End(row, JobState::kCancelled, absl::OkStatus()));
    } else if (outcome.ok()) {
      SL_RETURN_IF_ERROR(End(row, JobState::kSucceeded, absl::OkStatus()));
    } else {
      SL_RETURN_IF_ERROR(End(row, JobState::kFailed, outcome));
    }
    SL_RETURN_IF_ERROR(Reach(FaultPoint::kFinishWritten));
    SL_RETURN_IF_ERROR(transaction.Commit());
  }
  signals_.Changed(lease.job_id);
  SL_RETURN_IF_ERROR(Reach(FaultPoint::kFinishCommitted));
  Discard(lease.job_id, unused);
  return absl::OkStatus();
}

absl::Status SqliteJobStore::Release(const Lease& lease) {
  std::string unused;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    SL_ASSIGN_OR_RETURN(JobRow row, FindLeased(*database_, lease));
    Transaction transaction(*database_);
    SL_RETURN_IF_ERROR(transaction.Begin(Durability::kPower));
    if (row.job.cancel_requested) {
      unused = row.checkpoint.id;
      SL_RETURN_IF_ERROR(End(row, JobState::kCancelled, absl::OkStatus()));
    } else {
      SL_RETURN_IF_ERROR(ChangeState(row, JobState::kQueued));
    }
    SL_RETURN_IF_ERROR(Reach(FaultPoint::kReleaseWritten));
    SL_RETURN_IF_ERROR(transaction.Commit());
  }
  signals_.Changed(lease.job_id);
  Discard(lease.job_id, unused);
  return absl::OkStatus();
}

}  // namespace sightline::jobs
