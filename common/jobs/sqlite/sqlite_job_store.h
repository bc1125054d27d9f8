// The JobStore of a single server: an SQLite database in a folder of its own.
//
// One process at a time has the folder; its jobs that were running when the
// last one ended are queued again when the next one opens it. Reports of
// progress survive the process, everything else a power failure.
#ifndef SIGHTLINE_COMMON_JOBS_SQLITE_SQLITE_JOB_STORE_H_
#define SIGHTLINE_COMMON_JOBS_SQLITE_SQLITE_JOB_STORE_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "common/jobs/artifact_store.h"
#include "common/jobs/fault_points.h"
#include "common/jobs/job_store.h"

namespace sightline::jobs {

struct SqliteJobStoreOptions {
  // Made if it is not there; only its owner may look into it.
  std::string folder;
  // How long ended jobs are kept.
  absl::Duration retention = absl::Hours(24 * 7);
  // How many may wait.
  int max_queued = 1000;
  // Rule 4 of job_store.h.
  int max_crashes = 5;
  // The database must not grow beyond this, without the files of jobs; 0: it
  // may. A deletion writes it anew, through memory.
  int64_t max_database_bytes = int64_t{256} << 20;
  // Removes what else is kept of a job, such as what was uploaded for it, as a
  // part of its deletion; may be called again for the same job. Null: nothing.
  std::function<absl::Status(const Job& job, const std::string& request)>
      remove_inputs;
  std::function<absl::Time()> clock = absl::Now;
  // May be null; must outlive the store.
  FaultInjector* faults = nullptr;
};

// `artifacts` must outlive the store and belong to it alone: what no job refers
// to is removed from it. Errors: FailedPrecondition JOB_STORE_BUSY (another
// process has the folder) and JOB_STORE_TOO_NEW, DataLoss JOB_STORE_CORRUPT,
// and those of every JobStore.
absl::StatusOr<std::unique_ptr<JobStore>> OpenSqliteJobStore(
    SqliteJobStoreOptions options, ArtifactStore* artifacts);

}  // namespace sightline::jobs

#endif  // SIGHTLINE_COMMON_JOBS_SQLITE_SQLITE_JOB_STORE_H_
