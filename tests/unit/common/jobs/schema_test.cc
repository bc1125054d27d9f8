#include "common/jobs/sqlite/schema.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/jobs/reasons.h"
#include "tests/support/jobs/job_place.h"

namespace sightline::jobs {
namespace {

int64_t Number(Database& database, const char* sql) {
  Query query(database, sql);
  EXPECT_TRUE(query.Next()) << query.status();
  return query.Integer(0);
}

std::unique_ptr<Database> Open(const TemporaryFolder& folder) {
  auto database = Database::Open(folder.path() + "/jobs.db", {});
  EXPECT_TRUE(database.ok()) << database.status();
  return *std::move(database);
}

TEST(Migrate, GoesStepByStepAndEachStepOnce) {
  const TemporaryFolder folder;
  const std::vector<std::string> first = {
      "CREATE TABLE t (a INTEGER); INSERT INTO t VALUES (1);"};
  std::vector<std::string> both = first;
  both.push_back("ALTER TABLE t ADD COLUMN b INTEGER DEFAULT 7;");
  {
    const auto database = Open(folder);
    ASSERT_EQ(Migrate(*database, first), absl::OkStatus());
    ASSERT_EQ(Migrate(*database, first), absl::OkStatus());
    EXPECT_EQ(Number(*database, "SELECT count(*) FROM t"), 1);
  }
  const auto database = Open(folder);
  ASSERT_EQ(Migrate(*database, both), absl::OkStatus());
  EXPECT_EQ(Number(*database, "SELECT b FROM t"), 7);
  EXPECT_EQ(Number(*database, "PRAGMA user_version"), 2);
  EXPECT_EQ(ReasonOf(Migrate(*database, first)), kJobStoreTooNew);
}

TEST(Migrate, LeavesTheOldVersionWhereAStepFails) {
  const TemporaryFolder folder;
  const auto database = Open(folder);
  const std::vector<std::string> broken = {
      "CREATE TABLE t (a INTEGER);",
      "CREATE TABLE u (a INTEGER); CREATE TABLE t (a INTEGER);"};
  EXPECT_EQ(ReasonOf(Migrate(*database, broken)), kJobStoreFailed);
  EXPECT_EQ(Number(*database, "PRAGMA user_version"), 1);
  EXPECT_EQ(Number(*database, "SELECT count(*) FROM sqlite_master"), 1);
}

TEST(Migrate, TouchesNoOtherProgramsDatabase) {
  const TemporaryFolder folder;
  const auto database = Open(folder);
  ASSERT_EQ(database->Execute("CREATE TABLE theirs (a INTEGER)"),
            absl::OkStatus());
  EXPECT_EQ(ReasonOf(Migrate(*database, Migrations())), kJobStoreCorrupt);
}

}  // namespace
}  // namespace sightline::jobs
