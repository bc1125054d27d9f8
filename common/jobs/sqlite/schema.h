// What the tables of a job store are, and how those of older versions become
// the ones of today.
//
// The rule: a store knows its version (PRAGMA user_version). Every change of
// the tables is one more migration at the end of the list, never a change of
// one that has been released; each runs once, in a transaction with its version
// number. A store of a newer version is left alone.
#ifndef SIGHTLINE_COMMON_JOBS_SQLITE_SCHEMA_H_
#define SIGHTLINE_COMMON_JOBS_SQLITE_SCHEMA_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "common/jobs/sqlite/database.h"

namespace sightline::jobs {

// Statements that lead from one version to the next; the first one from an
// empty file to version 1.
const std::vector<std::string>& Migrations();

// Brings `database` to the version that is `migrations.size()`. Errors:
// FailedPrecondition JOB_STORE_TOO_NEW (it has a higher one), DataLoss
// JOB_STORE_CORRUPT (it is another program's database).
absl::Status Migrate(Database& database,
                     const std::vector<std::string>& migrations);

}  // namespace sightline::jobs

#endif  // SIGHTLINE_COMMON_JOBS_SQLITE_SCHEMA_H_
