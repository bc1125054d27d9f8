// Rule 11 of job_store.h: what is deleted is gone from the disk.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <string>

#include "absl/strings/str_cat.h"
#include "common/jobs/reasons.h"
#include "common/status/error.h"
#include "tests/support/jobs/job_place.h"

namespace sightline::jobs {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;

const std::map<std::string, int> kAny = {{"train", 1000}};

// A job that leaves `marker` wherever a job can leave anything.
std::string JobThatWritesEverywhere(const OpenPlace& place,
                                    const std::string& marker, bool ends) {
  const std::string id =
      place.store
          ->Create(Request("train", absl::StrCat("id-", marker),
                           absl::StrCat("owner-", marker),
                           absl::StrCat(std::string(3000, 'r'), marker)))
          ->job.id;
  const Lease lease = (**place.store->ClaimNext(kAny, absl::Minutes(1))).lease;
  const auto put = [&](const std::string& bytes) {
    const auto writer = place.artifacts->Write(id);
    EXPECT_EQ((*writer)->Append(bytes), absl::OkStatus());
    return *(*writer)->Commit();
  };
  Progress progress;
  for (int i = 0; i < 30; ++i) {
    progress.stage = absl::StrCat("stage-", marker, i);
    progress.metrics = {{absl::StrCat("metric-", marker), 1.0}};
    EXPECT_EQ(place.store->ReportProgress(lease, progress), absl::OkStatus());
  }
  EXPECT_EQ(place.store->AddPreview(
                lease, {absl::StrCat("preview-", marker), "image/png",
                        absl::StrCat(std::string(9000, 'p'), marker)}),
            absl::OkStatus());
  EXPECT_EQ(place.store->SetCheckpoint(lease, put("checkpoint-" + marker)),
            absl::OkStatus());
  EXPECT_EQ(
      place.store->AddArtifact(
          lease, {"artifact-" + marker, "a/b", put("content-" + marker), {}}),
      absl::OkStatus());
  if (ends) {
    EXPECT_EQ(
        place.store->Finish(lease,
                            Error(absl::StatusCode::kInternal, "SOME_REASON")
                                .Message("message-" + marker),
                            false),
        absl::OkStatus());
  }
  return id;
}

TEST(JobRemoval, LeavesNoByteBehind) {
  const TemporaryFolder folder;
  const OpenPlace place = OpenJobs(folder.path());
  const std::string id = JobThatWritesEverywhere(place, "MARKER", true);
  EXPECT_THAT(FilesWith(folder.path(), "MARKER"), Not(IsEmpty()));
  ASSERT_EQ(place.store->Delete(id), absl::OkStatus());
  EXPECT_THAT(FilesWith(folder.path(), "MARKER"), IsEmpty());
  EXPECT_THAT(FilesWith(folder.path(), id), IsEmpty());
}

// Rows move between pages as others come and go, and leave copies behind.
TEST(JobRemoval, LeavesNoByteBehindAmongManyOthers) {
  const TemporaryFolder folder;
  const OpenPlace place = OpenJobs(folder.path());
  constexpr int kSeed = 7;
  std::mt19937 random(kSeed);
  std::vector<std::pair<std::string, std::string>> jobs;
  for (int round = 0; round < 150; ++round) {
    const std::string marker = absl::StrCat("MARKx", round, "x");
    std::string owner = marker;
    while (owner.size() < 20 + random() % 90) owner += "/" + marker;
    const auto created = place.store->Create(
        Request("train", absl::StrCat(marker, random()), owner,
                std::string(random() % 900, 'r') + marker));
    ASSERT_TRUE(created.ok()) << created.status();
    jobs.emplace_back(created->job.id, marker);
    const Lease lease =
        (**place.store->ClaimNext(kAny, absl::Minutes(1))).lease;
    Progress progress;
    for (unsigned i = random() % 6; i > 0; --i) {
      progress.stage = absl::StrCat(marker, i);
      progress.metrics.push_back({absl::StrCat(marker, "-", i), 1.0});
      ASSERT_EQ(place.store->ReportProgress(lease, progress), absl::OkStatus());
    }
    if (random() % 5 < 3) {
      std::swap(jobs[random() % jobs.size()], jobs.back());
      ASSERT_EQ(place.store->Delete(jobs.back().first), absl::OkStatus());
      EXPECT_THAT(FilesWith(folder.path(), jobs.back().second), IsEmpty())
          << "round " << round << ", seed " << kSeed;
      jobs.pop_back();
    }
  }
}

TEST(JobRemoval, TakesARunningJobFromItsWorker) {
  const TemporaryFolder folder;
  const OpenPlace place = OpenJobs(folder.path());
  const std::string id = JobThatWritesEverywhere(place, "MARKER", false);
  ASSERT_EQ(place.store->Delete(id), absl::OkStatus());
  EXPECT_THAT(FilesWith(folder.path(), "MARKER"), IsEmpty());
  const Lease lease{id, 1};
  EXPECT_EQ(ReasonOf(place.store->Heartbeat(lease, absl::Minutes(1)).status()),
            kJobLeaseLost);
  EXPECT_EQ(ReasonOf(place.store->ReportProgress(lease, {})), kJobLeaseLost);
  EXPECT_EQ(ReasonOf(place.artifacts->Write(id).status()), kJobLeaseLost);
}

TEST(JobRemoval, RemovesWhatItsKindKeepsElsewhere) {
  const TemporaryFolder folder;
  std::vector<std::string> removed;
  bool fails = true;
  SqliteJobStoreOptions options;
  options.remove_inputs = [&](const Job&, const std::string& request) {
    removed.push_back(request);
    return fails ? absl::InternalError("not now") : absl::OkStatus();
  };
  OpenPlace place = OpenJobs(folder.path(), nullptr, options);
  const std::string id =
      place.store->Create(Request("train", "", "", "upload-1"))->job.id;
  EXPECT_FALSE(place.store->Delete(id).ok());
  // Nobody sees it any more, and it is not forgotten.
  EXPECT_EQ(ReasonOf(place.store->Get(id).status()), kJobNotFound);
  fails = false;
  EXPECT_TRUE(place.store->Sweep().ok());
  EXPECT_THAT(removed, ElementsAre("upload-1", "upload-1"));
  EXPECT_THAT(FilesWith(folder.path(), id), IsEmpty());
}

}  // namespace
}  // namespace sightline::jobs
