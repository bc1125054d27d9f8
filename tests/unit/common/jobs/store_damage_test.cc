// What a store says when its disk or its files fail it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "absl/strings/str_cat.h"
#include "common/jobs/file_artifact_store.h"
#include "common/jobs/reasons.h"
#include "common/jobs/sqlite/database.h"
#include "common/status/error.h"
#include "tests/support/jobs/job_place.h"

namespace sightline::jobs {
namespace {

const std::map<std::string, int> kAny = {{"train", 100}};

// What opening the store of `folder` fails with.
absl::Status OpenFailure(const std::string& folder) {
  const auto artifacts = OpenFileArtifactStore(folder + "/files");
  SqliteJobStoreOptions options;
  options.folder = folder;
  return OpenSqliteJobStore(options, artifacts->get()).status();
}

TEST(JobStoreDamage, OneProcessAtATimeHasTheFolder) {
  const TemporaryFolder folder;
  const OpenPlace place = OpenJobs(folder.path());
  EXPECT_EQ(ReasonOf(OpenFailure(folder.path())), kJobStoreBusy);
}

TEST(JobStoreDamage, IsFoundAtTheStart) {
  const TemporaryFolder folder;
  {
    const OpenPlace place = OpenJobs(folder.path());
    for (int i = 0; i < 20; ++i) {
      ASSERT_TRUE(
          place.store->Create(Request("train", "", "", std::string(5000, 'r')))
              .ok());
    }
  }
  const std::string path = folder.path() + "/jobs.db";
  const auto size = std::filesystem::file_size(path);
  {
    std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(static_cast<int64_t>(size) / 4);
    const std::string noise(static_cast<size_t>(size) / 2, '\xa5');
    file.write(noise.data(), static_cast<std::streamsize>(noise.size()));
  }
  const absl::Status status = OpenFailure(folder.path());
  EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss);
  EXPECT_EQ(ReasonOf(status), kJobStoreCorrupt);
}

TEST(JobStoreDamage, AFileThatIsNoDatabaseIsRefused) {
  const TemporaryFolder folder;
  std::ofstream(folder.path() + "/jobs.db") << std::string(10000, 'x');
  EXPECT_EQ(ReasonOf(OpenFailure(folder.path())), kJobStoreCorrupt);
}

TEST(JobStoreDamage, ANewerStoreIsLeftAlone) {
  const TemporaryFolder folder;
  { const OpenPlace place = OpenJobs(folder.path()); }
  {
    const auto database = Database::Open(folder.path() + "/jobs.db", {});
    ASSERT_EQ((*database)->Execute("PRAGMA user_version = 99"),
              absl::OkStatus());
  }
  const absl::Status status = OpenFailure(folder.path());
  EXPECT_EQ(ReasonOf(status), kJobStoreTooNew);
  EXPECT_TRUE(DetailsOf(status)->precondition.has_value());
}

TEST(JobStoreDamage, AFullDiskIsSaidAndLosesNothing) {
  const TemporaryFolder folder;
  SqliteJobStoreOptions options;
  options.max_database_bytes = 300000;
  OpenPlace place = OpenJobs(folder.path(), nullptr, options);
  std::vector<std::string> accepted;
  absl::Status failure;
  for (int i = 0; i < 100 && failure.ok(); ++i) {
    const auto creation = place.store->Create(
        Request("train", absl::StrCat("r", i), "", std::string(20000, 'r')));
    if (creation.ok()) accepted.push_back(creation->job.id);
    failure = creation.status();
  }
  EXPECT_EQ(failure.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(ReasonOf(failure), kJobStoreFull);
  EXPECT_FALSE(DetailsOf(failure)->retry_after.has_value());
  ASSERT_GT(accepted.size(), 3u);
  // The one that was refused left nothing.
  EXPECT_EQ(place.artifacts->Jobs()->size(), accepted.size());
  // Deleting makes room again.
  ASSERT_EQ(place.store->Delete(accepted[0]), absl::OkStatus());
  ASSERT_EQ(place.store->Delete(accepted[1]), absl::OkStatus());
  EXPECT_TRUE(
      place.store->Create(Request("train", "", "", std::string(20000, 'r')))
          .ok());
  place = OpenPlace();
  place = OpenJobs(folder.path(), nullptr, options);
  for (size_t i = 2; i < accepted.size(); ++i) {
    EXPECT_TRUE(place.store->Get(accepted[i]).ok());
  }
}

// Whatever step of a change fails, the change has not happened.
TEST(JobStoreDamage, AFailureBeforeTheCommitChangesNothing) {
  const FaultPoint points[] = {
      FaultPoint::kCreateFolderMade, FaultPoint::kCreateWritten,
      FaultPoint::kClaimWritten,     FaultPoint::kProgressWritten,
      FaultPoint::kPreviewWritten,   FaultPoint::kCheckpointWritten,
      FaultPoint::kArtifactWritten,  FaultPoint::kFinishWritten,
      FaultPoint::kReleaseWritten,   FaultPoint::kCancelWritten,
  };
  for (const FaultPoint point : points) {
    const TemporaryFolder folder;
    // The job of the set-up arrives everywhere first.
    const bool is_creation = point == FaultPoint::kCreateFolderMade ||
                             point == FaultPoint::kCreateWritten;
    OrderedFault fault(point, is_creation ? 2 : 1,
                       [] { return absl::InternalError("injected"); });
    const OpenPlace place = OpenJobs(folder.path(), &fault);
    const std::string id = place.store->Create(Request("train"))->job.id;
    int failures = 0;
    const auto count = [&](const absl::Status& status) {
      failures += status.message() == "injected";
    };
    count(place.store->Create(Request("other")).status());
    auto claim = place.store->ClaimNext(kAny, absl::Minutes(1));
    count(claim.status());
    if (!claim.ok()) {
      EXPECT_EQ(place.store->Get(id)->state, JobState::kQueued);
      EXPECT_EQ(place.store->Get(id)->attempt, 0);
      EXPECT_EQ(failures, 1);
      continue;
    }
    const Lease lease = (**claim).lease;
    Progress progress;
    progress.fraction = 0.5;
    const int64_t before = place.store->Get(id)->last_event;
    count(place.store->ReportProgress(lease, progress));
    count(place.store->AddPreview(lease, {"p", "a/b", "x"}));
    const auto writer = place.artifacts->Write(id);
    const Blob blob = *(*writer)->Commit();
    count(place.store->SetCheckpoint(lease, blob));
    Artifact artifact{"a", "a/b", blob, {}};
    count(place.store->AddArtifact(lease, artifact));
    count(place.store->RequestCancel(id).status());
    count(place.store->Release(lease));
    if (place.store->Get(id)->state == JobState::kRunning) {
      EXPECT_EQ(place.store->Finish(lease, absl::OkStatus(), false),
                absl::OkStatus());
    } else if (point == FaultPoint::kFinishWritten) {
      const auto other = place.store->Create(Request("train"));
      const auto next = place.store->ClaimNext(kAny, absl::Minutes(1));
      count(place.store->Finish((**next).lease, absl::OkStatus(), false));
      EXPECT_EQ(place.store->Get(other->job.id)->state, JobState::kRunning);
    }
    EXPECT_EQ(failures, 1) << static_cast<int>(point);
    // Events have no gap where one was undone.
    const auto events = place.store->Events(id, 0, 100);
    for (size_t i = 0; i < events->size(); ++i) {
      EXPECT_EQ((*events)[i].number, static_cast<int64_t>(i) + 1);
    }
    EXPECT_GE(place.store->Get(id)->last_event, before);
  }
}

}  // namespace
}  // namespace sightline::jobs
