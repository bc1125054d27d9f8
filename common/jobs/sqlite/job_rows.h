// Rows of the job store as values, and back.
//
// Free functions on a Database, each to be called within a transaction where it
// writes. `key` is the row's number in the table of jobs.
#ifndef SIGHTLINE_COMMON_JOBS_SQLITE_JOB_ROWS_H_
#define SIGHTLINE_COMMON_JOBS_SQLITE_JOB_ROWS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/jobs/job.h"
#include "common/jobs/sqlite/database.h"

namespace sightline::jobs {

// A job with what only stores know.
struct JobRow {
  int64_t key = 0;
  Job job;
  std::string request_sha256;
  int crashes = 0;
  // Its id is empty where there is none.
  Blob checkpoint;
};

// The columns that ReadJob() takes, in its order.
#define SL_JOB_COLUMNS                                                      \
  "accepted, id, kind, owner, request_id, request_sha256, state, "          \
  "cancel_requested, error, created, started, ended, expires, attempt, "    \
  "crashes, fraction, stage, steps_done, steps_total, remaining, metrics, " \
  "checkpoint_id, checkpoint_sha256, checkpoint_bytes, checkpointed, "      \
  "last_event"

// The row that `query`, of SL_JOB_COLUMNS, stands at, with its artifacts.
absl::StatusOr<JobRow> ReadJob(Database& database, const Query& query);

// Errors: NotFound JOB_NOT_FOUND.
absl::StatusOr<JobRow> FindJob(Database& database, const std::string& job_id);

// The job if `lease` is the one it was given last. Errors: Aborted
// JOB_LEASE_LOST.
absl::StatusOr<JobRow> FindLeased(Database& database, const Lease& lease);

// Writes what of a job may change, but for its artifacts.
absl::Status UpdateJob(Database& database, const JobRow& row);

// Writes the job's next event, whose number it counts up in `row`, and drops
// those that are not kept (rule 6 of job_store.h). UpdateJob() has to follow.
absl::Status AddEvent(Database& database, JobRow& row, absl::Time now,
                      const decltype(Event::what)& what);

absl::StatusOr<std::vector<Event>> ReadEvents(Database& database, int64_t key,
                                              int64_t after, int most);

int64_t ToMicroseconds(absl::Time time);

}  // namespace sightline::jobs

#endif  // SIGHTLINE_COMMON_JOBS_SQLITE_JOB_ROWS_H_
