// Removing jobs with every byte they left.
#include <utility>

#include "common/jobs/job_rules.h"
#include "common/jobs/sqlite/store.h"
#include "common/status/status_macros.h"

namespace sightline::jobs {

absl::Status SqliteJobStore::Delete(const std::string& job_id) {
  SL_ASSIGN_OR_RETURN(const int64_t key, MarkDeleted(job_id));
  SL_RETURN_IF_ERROR(Remove(key));
  return Scrub();
}

absl::StatusOr<int64_t> SqliteJobStore::MarkDeleted(const std::string& job_id) {
  int64_t key = 0;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    SL_ASSIGN_OR_RETURN(const JobRow row, FindJob(*database_, job_id));
    key = row.key;
    // From here on nobody sees the job, and its worker has lost its lease;
    // whatever happens, the rest is done again by Sweep() or the next start.
    Transaction transaction(*database_);
    SL_RETURN_IF_ERROR(transaction.Begin(Durability::kPower));
    SL_RETURN_IF_ERROR(
        Query(*database_, "UPDATE jobs SET is_deleted = 1 WHERE accepted = ?",
              key)
            .Run());
    SL_RETURN_IF_ERROR(transaction.Commit());
  }
  signals_.Changed(job_id);
  SL_RETURN_IF_ERROR(Reach(FaultPoint::kDeleteMarked));
  return key;
}

absl::Status SqliteJobStore::Remove(int64_t key) {
  JobRow row;
  std::string request;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    Query job(*database_,
              "SELECT " SL_JOB_COLUMNS " FROM jobs WHERE accepted = ?", key);
    if (!job.Next()) return job.status();
    SL_ASSIGN_OR_RETURN(row, ReadJob(*database_, job));
    if (options_.remove_inputs != nullptr) {
      Query query(*database_, "SELECT request FROM requests WHERE job = ?",
                  key);
      if (query.Next()) request = query.Text(0);
      SL_RETURN_IF_ERROR(query.status());
    }
  }
  // Files may be large: others go on meanwhile.
  if (options_.remove_inputs != nullptr) {
    SL_RETURN_IF_ERROR(options_.remove_inputs(row.job, request));
  }
  SL_RETURN_IF_ERROR(artifacts_->RemoveJob(row.job.id));
  SL_RETURN_IF_ERROR(Reach(FaultPoint::kDeleteFilesRemoved));

  std::lock_guard<std::mutex> lock(mutex_);
  Transaction transaction(*database_);
  SL_RETURN_IF_ERROR(transaction.Begin(Durability::kPower));
  for (const char* sql : {"DELETE FROM artifacts WHERE job = ?",
                          "DELETE FROM events WHERE job = ?",
                          "DELETE FROM requests WHERE job = ?",
                          "DELETE FROM jobs WHERE accepted = ?"}) {
    SL_RETURN_IF_ERROR(Query(*database_, sql, key).Run());
  }
  SL_RETURN_IF_ERROR(Query(*database_, "INSERT INTO scrubs (since) VALUES (?)",
                           ToMicroseconds(Now()))
                         .Run());
  SL_RETURN_IF_ERROR(transaction.Commit());
  return Reach(FaultPoint::kDeleteRowsRemoved);
}

absl::Status SqliteJobStore::Scrub() {
  std::lock_guard<std::mutex> lock(mutex_);
  {
    Query query(*database_, "SELECT count(*) FROM scrubs");
    const bool is_due = query.Next() && query.Integer(0) > 0;
    SL_RETURN_IF_ERROR(query.status());
    if (!is_due) return absl::OkStatus();
  }
  SL_RETURN_IF_ERROR(database_->Scrub());
  return Query(*database_, "DELETE FROM scrubs").Run();
}

absl::StatusOr<std::vector<int64_t>> SqliteJobStore::Marked() {
  std::lock_guard<std::mutex> lock(mutex_);
  std::vector<int64_t> keys;
  Query query(*database_, "SELECT accepted FROM jobs WHERE is_deleted = 1");
  while (query.Next()) keys.push_back(query.Integer(0));
  SL_RETURN_IF_ERROR(query.status());
  return keys;
}

absl::StatusOr<int> SqliteJobStore::Sweep() {
  std::vector<std::string> expired;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    Query query(*database_,
                "SELECT id FROM jobs WHERE expires <= ? AND is_deleted = 0",
                ToMicroseconds(Now()));
    while (query.Next()) expired.push_back(query.Text(0));
    SL_RETURN_IF_ERROR(query.status());
  }
  absl::Status outcome;
  for (const std::string& job_id : expired) {
    const absl::Status status = MarkDeleted(job_id).status();
    if (!absl::IsNotFound(status)) outcome.Update(status);
  }
  // With them, what an earlier deletion could not finish.
  SL_ASSIGN_OR_RETURN(const std::vector<int64_t> marked, Marked());
  int deleted = 0;
  for (const int64_t key : marked) {
    const absl::Status status = Remove(key);
    outcome.Update(status);
    deleted += status.ok() ? 1 : 0;
  }
  outcome.Update(Scrub());
  if (!outcome.ok()) return outcome;
  return deleted;
}

}  // namespace sightline::jobs
