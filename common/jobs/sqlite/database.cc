#include "common/jobs/sqlite/database.h"

#include <sqlite3.h>

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "common/jobs/reasons.h"
#include "common/jobs/system_error.h"
#include "common/status/error.h"
#include "common/status/status_macros.h"

namespace sightline::jobs {
namespace {

absl::Status Corrupt(absl::string_view what) {
  return Error(absl::StatusCode::kDataLoss, kJobStoreCorrupt)
      .Message(absl::StrCat("the job store is damaged: ", what,
                            "; put a copy of it in its place, or begin with an "
                            "empty --state_dir"));
}

}  // namespace

absl::StatusOr<std::unique_ptr<Database>> Database::Open(
    const std::string& path, Options options) {
  sqlite3* connection = nullptr;
  const int code = sqlite3_open_v2(
      path.c_str(), &connection,
      SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX,
      nullptr);
  if (connection == nullptr) {
    return Error(absl::StatusCode::kInternal, kJobStoreFailed)
        .Message("the job store cannot be opened: out of memory");
  }
  std::unique_ptr<Database> database(new Database(connection));
  sqlite3_extended_result_codes(connection, 1);
  if (code != SQLITE_OK) return database->Failure(code);
  // Nobody else: then deleting can wait for no reader, and no third file maps
  // the log. Temporary tables never touch the disk.
  SL_RETURN_IF_ERROR(
      database->Execute("PRAGMA locking_mode = EXCLUSIVE;"
                        "PRAGMA temp_store = MEMORY;"
                        "PRAGMA secure_delete = ON;"
                        "PRAGMA cell_size_check = ON;"
                        "PRAGMA foreign_keys = ON;"
                        "PRAGMA journal_mode = WAL;"
                        "PRAGMA synchronous = FULL;"));
  if (options.max_bytes > 0) {
    Query size(*database, "PRAGMA page_size");
    const int64_t page_bytes = size.Next() ? size.Integer(0) : 4096;
    SL_RETURN_IF_ERROR(size.status());
    SL_RETURN_IF_ERROR(database->Execute(
        absl::StrCat("PRAGMA max_page_count = ",
                     std::max<int64_t>(1, options.max_bytes / page_bytes))));
  }
  Query check(*database, "PRAGMA quick_check(1)");
  if (check.Next() && check.Text(0) != "ok") return Corrupt(check.Text(0));
  SL_RETURN_IF_ERROR(check.status());
  return database;
}

Database::~Database() {
  for (const auto& [sql, statement] : prepared_) sqlite3_finalize(statement);
  sqlite3_close(connection_);
}

absl::Status Database::Failure(int code) const {
  const std::string what = sqlite3_errmsg(connection_);
  switch (code & 0xff) {
    case SQLITE_FULL:
      return Error(absl::StatusCode::kResourceExhausted, kJobStoreFull)
          .Message("the job store has no more room")
          .Quota("state_dir",
                 "the disk of --state_dir is full; delete jobs, "
                 "or give it more room");
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return Corrupt(what);
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return Error(absl::StatusCode::kFailedPrecondition, kJobStoreBusy)
          .Message("another process has the job store of --state_dir open");
    case SQLITE_IOERR: {
      const int error = sqlite3_system_errno(connection_);
      if (error != 0) return SystemError("use the job store", error);
      break;
    }
    default:
      break;
  }
  return Error(absl::StatusCode::kInternal, kJobStoreFailed)
      .Message(absl::StrCat("the job store failed: ", what));
}

absl::Status Database::Execute(const std::string& sql) {
  const int code =
      sqlite3_exec(connection_, sql.c_str(), nullptr, nullptr, nullptr);
  return code == SQLITE_OK ? absl::OkStatus() : Failure(code);
}

absl::Status Database::Scrub() {
  SL_RETURN_IF_ERROR(SetSynced(true));
  SL_RETURN_IF_ERROR(Execute("VACUUM"));
  const int code = sqlite3_wal_checkpoint_v2(
      connection_, nullptr, SQLITE_CHECKPOINT_TRUNCATE, nullptr, nullptr);
  return code == SQLITE_OK ? absl::OkStatus() : Failure(code);
}

absl::Status Database::SetSynced(bool synced) {
  if (synced == is_synced_) return absl::OkStatus();
  SL_RETURN_IF_ERROR(Execute(synced ? "PRAGMA synchronous = FULL"
                                    : "PRAGMA synchronous = NORMAL"));
  is_synced_ = synced;
  return absl::OkStatus();
}

absl::StatusOr<sqlite3_stmt*> Database::Prepare(const char* sql) {
  sqlite3_stmt*& statement = prepared_[sql];
  if (statement == nullptr) {
    const int code = sqlite3_prepare_v3(
        connection_, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
    if (code != SQLITE_OK) return Failure(code);
  }
  return statement;
}

Query::Query(Unbound, Database& database, const char* sql)
    : database_(database) {
  const auto prepared = database.Prepare(sql);
  if (prepared.ok()) {
    statement_ = *prepared;
  } else {
    status_ = prepared.status();
  }
}

Query::~Query() {
  if (statement_ == nullptr) return;
  sqlite3_reset(statement_);
  // Bound strings must not stay in memory longer than their job.
  sqlite3_clear_bindings(statement_);
}

void Query::Check(int code) {
  if (code != SQLITE_OK && status_.ok()) status_ = database_.Failure(code);
}

void Query::Bind(int place, int64_t value) {
  if (status_.ok()) Check(sqlite3_bind_int64(statement_, place, value));
}

void Query::Bind(int place, double value) {
  if (status_.ok()) Check(sqlite3_bind_double(statement_, place, value));
}

void Query::Bind(int place, const std::string& value) {
  if (!status_.ok()) return;
  Check(sqlite3_bind_text64(statement_, place, value.data(), value.size(),
                            SQLITE_TRANSIENT, SQLITE_UTF8));
}

void Query::Bind(int place, Bytes value) {
  if (!status_.ok()) return;
  // A null pointer would be stored as NULL.
  const char* const data = value.bytes.empty() ? "" : value.bytes.data();
  Check(sqlite3_bind_blob64(statement_, place, data, value.bytes.size(),
                            SQLITE_TRANSIENT));
}

void Query::Bind(int place, std::optional<int64_t> value) {
  if (value.has_value()) {
    Bind(place, *value);
  } else if (status_.ok()) {
    Check(sqlite3_bind_null(statement_, place));
  }
}

bool Query::Next() {
  if (!status_.ok()) return false;
  const int code = sqlite3_step(statement_);
  if (code == SQLITE_ROW) return true;
  if (code != SQLITE_DONE) status_ = database_.Failure(code);
  return false;
}

absl::Status Query::Run() {
  while (Next()) {
  }
  return status_;
}

bool Query::IsNull(int column) const {
  return sqlite3_column_type(statement_, column) == SQLITE_NULL;
}

int64_t Query::Integer(int column) const {
  return sqlite3_column_int64(statement_, column);
}

double Query::Real(int column) const {
  return sqlite3_column_double(statement_, column);
}

std::string Query::Text(int column) const {
  const void* const data = sqlite3_column_blob(statement_, column);
  const int size = sqlite3_column_bytes(statement_, column);
  return data == nullptr ? ""
                         : std::string(static_cast<const char*>(data), size);
}

std::optional<int64_t> Query::OptionalInteger(int column) const {
  if (IsNull(column)) return std::nullopt;
  return Integer(column);
}

Transaction::~Transaction() {
  // Fails where the failure has undone it already.
  if (is_open_) database_.Execute("ROLLBACK").IgnoreError();
}

absl::Status Transaction::Begin(Durability durability) {
  SL_RETURN_IF_ERROR(database_.SetSynced(durability == Durability::kPower));
  SL_RETURN_IF_ERROR(database_.Execute("BEGIN IMMEDIATE"));
  is_open_ = true;
  return absl::OkStatus();
}

absl::Status Transaction::Commit() {
  SL_RETURN_IF_ERROR(database_.Execute("COMMIT"));
  is_open_ = false;
  return absl::OkStatus();
}

}  // namespace sightline::jobs
