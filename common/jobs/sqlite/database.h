// SQLite without its C interface: the one adapter to the library.
//
//   Query query(database, "SELECT id FROM jobs WHERE kind = ? AND state = ?",
//               kind, 1);
//   while (query.Next()) ids.push_back(query.Text(0));
//   SL_RETURN_IF_ERROR(query.status());
//
// Failures are those every JobStore may have (job_store.h). A Database, and
// what uses it, belongs to one thread at a time.
#ifndef SIGHTLINE_COMMON_JOBS_SQLITE_DATABASE_H_
#define SIGHTLINE_COMMON_JOBS_SQLITE_DATABASE_H_

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

struct sqlite3;
struct sqlite3_stmt;

namespace sightline::jobs {

// Bytes that are no text, as a value of a query.
struct Bytes {
  absl::string_view bytes;
};

class Database {
 public:
  struct Options {
    // The database must not grow beyond this; 0: it may.
    int64_t max_bytes = 0;
  };

  // Opens or makes the file, for this connection alone: write-ahead log, every
  // commit synced, deleted content overwritten with zeros. Looks through all
  // of it for damage. Errors: DataLoss JOB_STORE_CORRUPT, FailedPrecondition
  // JOB_STORE_BUSY (another process has it open).
  static absl::StatusOr<std::unique_ptr<Database>> Open(const std::string& path,
                                                        Options options);
  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  // Runs statements that have no parameters and no results.
  absl::Status Execute(const std::string& sql);

  // Writes the file anew and empties the log, so that no byte of a deleted row
  // is left in either. secure_delete alone leaves copies of rows that moved
  // between pages before they were deleted (5 of 930 deletions in a trial with
  // SQLite 3.40). Takes room for a second copy, in memory and on the disk.
  absl::Status Scrub();

 private:
  friend class Query;
  friend class Transaction;

  explicit Database(sqlite3* connection) : connection_(connection) {}
  // Whether commits survive a power failure, or only the process.
  absl::Status SetSynced(bool synced);
  // Prepared once each; `sql` must be a literal.
  absl::StatusOr<sqlite3_stmt*> Prepare(const char* sql);
  absl::Status Failure(int code) const;

  sqlite3* const connection_;
  bool is_synced_ = true;
  std::map<const char*, sqlite3_stmt*> prepared_;
};

// One statement at work. Only one Query of a statement at a time.
class Query {
 public:
  // `sql`: a literal with a '?' for each value. Values: integers, double,
  // strings (text), Bytes (blobs), std::optional of integers (null).
  template <typename... Values>
  Query(Database& database, const char* sql, const Values&... values)
      : Query(Unbound(), database, sql) {
    int place = 0;
    (Bind(++place, values), ...);
  }
  ~Query();
  Query(const Query&) = delete;
  Query& operator=(const Query&) = delete;

  // Steps to the next row; false at the end and after a failure.
  bool Next();
  // To the end, for statements without results.
  absl::Status Run();
  const absl::Status& status() const { return status_; }

  // Columns of the row, from 0.
  bool IsNull(int column) const;
  int64_t Integer(int column) const;
  double Real(int column) const;
  // Text or blob.
  std::string Text(int column) const;
  std::optional<int64_t> OptionalInteger(int column) const;

 private:
  struct Unbound {};
  Query(Unbound, Database& database, const char* sql);
  void Bind(int place, int64_t value);
  void Bind(int place, int value) { Bind(place, int64_t{value}); }
  void Bind(int place, double value);
  void Bind(int place, const std::string& value);
  void Bind(int place, Bytes value);
  void Bind(int place, std::optional<int64_t> value);
  void Check(int code);

  Database& database_;
  sqlite3_stmt* statement_ = nullptr;
  absl::Status status_;
};

// What must survive.
enum class Durability {
  // The end of the process; a power failure may take the newest ones.
  kProcess,
  // A power failure.
  kPower,
};

// All or nothing. Undone unless committed.
class Transaction {
 public:
  explicit Transaction(Database& database) : database_(database) {}
  ~Transaction();
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;

  absl::Status Begin(Durability durability);
  absl::Status Commit();

 private:
  Database& database_;
  bool is_open_ = false;
};

}  // namespace sightline::jobs

#endif  // SIGHTLINE_COMMON_JOBS_SQLITE_DATABASE_H_
