#include "common/jobs/sqlite/schema.h"

#include "absl/strings/str_cat.h"
#include "common/jobs/reasons.h"
#include "common/status/error.h"
#include "common/status/status_macros.h"

namespace sightline::jobs {
namespace {

// "SLjb": marks the file as ours.
constexpr int64_t kApplicationId = 0x534c6a62;

// Times are microseconds since 1970. `request` has a table of its own: a row
// is rewritten as a whole, and that of a job changes with every report. A row
// in `scrubs` says that bytes of deleted rows may be left in the file.
constexpr char kVersion1[] = R"(
CREATE TABLE jobs (
  accepted INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  kind TEXT NOT NULL,
  owner TEXT NOT NULL,
  request_id TEXT NOT NULL,
  request_sha256 TEXT NOT NULL,
  state INTEGER NOT NULL,
  cancel_requested INTEGER NOT NULL DEFAULT 0,
  is_deleted INTEGER NOT NULL DEFAULT 0,
  error BLOB NOT NULL DEFAULT x'',
  created INTEGER NOT NULL,
  started INTEGER,
  ended INTEGER,
  expires INTEGER,
  attempt INTEGER NOT NULL DEFAULT 0,
  crashes INTEGER NOT NULL DEFAULT 0,
  turn INTEGER NOT NULL DEFAULT 0,
  lease_until INTEGER,
  fraction REAL NOT NULL DEFAULT 0,
  stage TEXT NOT NULL DEFAULT '',
  steps_done INTEGER NOT NULL DEFAULT 0,
  steps_total INTEGER NOT NULL DEFAULT 0,
  remaining INTEGER,
  metrics BLOB NOT NULL DEFAULT x'',
  checkpoint_id TEXT NOT NULL DEFAULT '',
  checkpoint_sha256 TEXT NOT NULL DEFAULT '',
  checkpoint_bytes INTEGER NOT NULL DEFAULT 0,
  checkpointed INTEGER,
  last_event INTEGER NOT NULL DEFAULT 0
);
CREATE UNIQUE INDEX jobs_by_request ON jobs (kind, request_id)
  WHERE request_id != '' AND is_deleted = 0;
CREATE INDEX jobs_by_state ON jobs (state, kind, owner, accepted);
CREATE TABLE requests (
  job INTEGER PRIMARY KEY REFERENCES jobs (accepted),
  request BLOB NOT NULL
);
CREATE TABLE events (
  job INTEGER NOT NULL REFERENCES jobs (accepted),
  number INTEGER NOT NULL,
  type INTEGER NOT NULL,
  time INTEGER NOT NULL,
  record BLOB NOT NULL,
  PRIMARY KEY (job, number)
);
CREATE INDEX events_by_type ON events (job, type, number);
CREATE TABLE artifacts (
  job INTEGER NOT NULL REFERENCES jobs (accepted),
  name TEXT NOT NULL,
  media_type TEXT NOT NULL,
  blob_id TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  size_bytes INTEGER NOT NULL,
  created INTEGER NOT NULL,
  event INTEGER NOT NULL,
  PRIMARY KEY (job, name)
);
CREATE TABLE scrubs (
  since INTEGER NOT NULL
);
)";

absl::StatusOr<int64_t> Pragma(Database& database, const char* sql) {
  Query query(database, sql);
  const int64_t value = query.Next() ? query.Integer(0) : 0;
  SL_RETURN_IF_ERROR(query.status());
  return value;
}

}  // namespace

const std::vector<std::string>& Migrations() {
  static const auto* const kMigrations =
      new std::vector<std::string>{kVersion1};
  return *kMigrations;
}

absl::Status Migrate(Database& database,
                     const std::vector<std::string>& migrations) {
  SL_ASSIGN_OR_RETURN(const int64_t application,
                      Pragma(database, "PRAGMA application_id"));
  SL_ASSIGN_OR_RETURN(const int64_t version,
                      Pragma(database, "PRAGMA user_version"));
  SL_ASSIGN_OR_RETURN(const int64_t tables,
                      Pragma(database, "SELECT count(*) FROM sqlite_master"));
  const auto known = static_cast<int64_t>(migrations.size());
  const bool is_new = application == 0 && version == 0 && tables == 0;
  if (!is_new && application != kApplicationId) {
    return Error(absl::StatusCode::kDataLoss, kJobStoreCorrupt)
        .Message(
            "the file in --state_dir is no job store; choose another "
            "folder");
  }
  if (version > known) {
    return Error(absl::StatusCode::kFailedPrecondition, kJobStoreTooNew)
        .Message(absl::StrCat("the job store has version ", version,
                              ", this program knows up to ", known))
        .Precondition("job store",
                      "run the newer program again, or choose an "
                      "empty --state_dir");
  }
  for (int64_t next = version; next < known; ++next) {
    Transaction transaction(database);
    SL_RETURN_IF_ERROR(transaction.Begin(Durability::kPower));
    SL_RETURN_IF_ERROR(database.Execute(migrations[next]));
    SL_RETURN_IF_ERROR(database.Execute(
        absl::StrCat("PRAGMA user_version = ", next + 1,
                     "; PRAGMA application_id = ", kApplicationId)));
    SL_RETURN_IF_ERROR(transaction.Commit());
  }
  return absl::OkStatus();
}

}  // namespace sightline::jobs
