// Rules 3 to 5 and 7 to 10 of job_store.h, as workers meet them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "common/jobs/reasons.h"
#include "common/status/error.h"
#include "tests/support/jobs/job_place.h"

namespace sightline::jobs {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

const std::map<std::string, int> kAny = {{"train", 100}};
constexpr absl::Duration kLease = absl::Minutes(1);

class WorkersTest : public ::testing::Test {
 protected:
  WorkersTest() { Open(); }
  void Open() {
    SqliteJobStoreOptions options;
    options.max_crashes = 3;
    options.clock = [this] { return now_; };
    place_ = OpenJobs(folder_.path(), nullptr, options);
  }
  // As if the process had died and another one had come.
  void Reopen() {
    place_ = OpenPlace();
    Open();
  }
  JobStore& store() { return *place_.store; }

  std::string Create(const NewJob& request) {
    const auto creation = store().Create(request);
    EXPECT_TRUE(creation.ok()) << creation.status();
    return creation->job.id;
  }
  std::optional<Claim> ClaimOf(const std::map<std::string, int>& kinds = kAny) {
    auto claim = store().ClaimNext(kinds, kLease);
    EXPECT_TRUE(claim.ok()) << claim.status();
    return *std::move(claim);
  }
  Blob Put(const std::string& job_id, const std::string& bytes) {
    const auto writer = place_.artifacts->Write(job_id);
    EXPECT_EQ((*writer)->Append(bytes), absl::OkStatus());
    return *(*writer)->Commit();
  }
  Job Get(const std::string& id) { return *store().Get(id); }

  TemporaryFolder folder_;
  absl::Time now_ = absl::FromUnixSeconds(1800000000);
  OpenPlace place_;
};

TEST_F(WorkersTest, HandsAJobToOneWorker) {
  const std::string id = Create(Request("train", "", "", "the request"));
  const auto claim = ClaimOf();
  ASSERT_TRUE(claim.has_value());
  EXPECT_EQ(claim->job.id, id);
  EXPECT_EQ(claim->request, "the request");
  EXPECT_EQ(claim->lease.attempt, 1);
  EXPECT_EQ(claim->job.state, JobState::kRunning);
  EXPECT_EQ(Get(id).started, now_);
  EXPECT_FALSE(ClaimOf().has_value());
}

TEST_F(WorkersTest, TakesKindsByTheirLimitsAndOwnersByTurns) {
  std::map<std::string, std::string> owner_of;
  for (const char* owner : {"ann", "ann", "ann", "bob", "cid"}) {
    owner_of[Create(Request("train", "", owner))] = owner;
  }
  std::vector<std::string> order;
  std::vector<Lease> leases;
  for (int i = 0; i < 5; ++i) {
    const auto claim = ClaimOf({{"train", 1}});
    ASSERT_TRUE(claim.has_value());
    order.push_back(owner_of[claim->job.id]);
    EXPECT_FALSE(ClaimOf({{"train", 1}}).has_value()) << "one at a time";
    ASSERT_EQ(store().Finish(claim->lease, absl::OkStatus(), false),
              absl::OkStatus());
  }
  EXPECT_THAT(order, ElementsAre("ann", "bob", "cid", "ann", "ann"));
  Create(Request("other"));
  EXPECT_FALSE(ClaimOf().has_value()) << "of a kind nobody here knows";
}

TEST_F(WorkersTest, ProgressNeverGoesBack) {
  const std::string id = Create(Request("train"));
  const Lease lease = ClaimOf()->lease;
  Progress progress;
  progress.fraction = 0.5;
  progress.stage = "train";
  progress.steps_done = 25;
  progress.steps_total = 50;
  progress.remaining = absl::Seconds(90);
  progress.metrics = {{"loss", 1.25}};
  ASSERT_EQ(store().ReportProgress(lease, progress), absl::OkStatus());
  progress.fraction = 0.2;
  progress.steps_done = 10;
  ASSERT_EQ(store().ReportProgress(lease, progress), absl::OkStatus());
  const Progress now = Get(id).progress;
  EXPECT_EQ(now.fraction, 0.5);
  EXPECT_EQ(now.steps_done, 10);
  EXPECT_EQ(now.steps_total, 50);
  EXPECT_EQ(now.stage, "train");
  EXPECT_EQ(now.remaining, absl::Seconds(90));
  ASSERT_THAT(now.metrics, SizeIs(1));
  EXPECT_EQ(now.metrics[0].value, 1.25);
  progress.fraction = 2;
  EXPECT_EQ(ReasonOf(store().ReportProgress(lease, progress)),
            kJobReportInvalid);
}

TEST_F(WorkersTest, EndsOnce) {
  const std::string id = Create(Request("train"));
  const Lease lease = ClaimOf()->lease;
  const absl::Status failure =
      Error(absl::StatusCode::kInvalidArgument, "SOME_REASON")
          .Field("f", "bad");
  ASSERT_EQ(store().Finish(lease, failure, false), absl::OkStatus());
  const Job job = Get(id);
  EXPECT_EQ(job.state, JobState::kFailed);
  EXPECT_EQ(job.ended, now_);
  EXPECT_EQ(ReasonOf(job.error), "SOME_REASON");
  EXPECT_EQ(ReasonOf(store().Finish(lease, absl::OkStatus(), false)),
            kJobLeaseLost);
  EXPECT_EQ(ReasonOf(store().ReportProgress(lease, {})), kJobLeaseLost);
  EXPECT_EQ(ReasonOf(store().AddPreview(lease, {"p", "a/b", ""})),
            kJobLeaseLost);
  EXPECT_EQ(ReasonOf(store().SetCheckpoint(lease, {})), kJobLeaseLost);
  EXPECT_EQ(ReasonOf(store().Release(lease)), kJobLeaseLost);
  EXPECT_EQ(Get(id).state, JobState::kFailed);
}

TEST_F(WorkersTest, TakesBackALeaseThatIsNotRenewed) {
  const std::string id = Create(Request("train"));
  const Lease first = ClaimOf()->lease;
  now_ += kLease / 2;
  EXPECT_FALSE(*store().Heartbeat(first, kLease));
  now_ += kLease * 0.75;
  EXPECT_FALSE(ClaimOf().has_value()) << "it was renewed";
  now_ += kLease;
  const auto second = ClaimOf();
  ASSERT_TRUE(second.has_value());
  EXPECT_EQ(second->job.id, id);
  EXPECT_EQ(second->lease.attempt, 2);
  // Who comes back too late changes nothing.
  EXPECT_EQ(ReasonOf(store().Heartbeat(first, kLease).status()), kJobLeaseLost);
  EXPECT_EQ(ReasonOf(store().Finish(first, absl::OkStatus(), false)),
            kJobLeaseLost);
  EXPECT_EQ(Get(id).state, JobState::kRunning);
  EXPECT_EQ(store().Finish(second->lease, absl::OkStatus(), false),
            absl::OkStatus());
}

TEST_F(WorkersTest, QueuesWhatADeadProcessHadWithAllThatItHad) {
  const std::string id = Create(Request("train", "r-1", "", "the request"));
  const Lease lease = ClaimOf()->lease;
  Progress progress;
  progress.fraction = 0.7;
  ASSERT_EQ(store().ReportProgress(lease, progress), absl::OkStatus());
  ASSERT_EQ(store().SetCheckpoint(lease, Put(id, "step 7")), absl::OkStatus());
  Artifact artifact;
  artifact.name = "early.txt";
  artifact.media_type = "text/plain";
  artifact.blob = Put(id, "early");
  ASSERT_EQ(store().AddArtifact(lease, artifact), absl::OkStatus());
  // Written, but nothing refers to it.
  const Blob orphan = Put(id, "orphan");
  Reopen();
  const Job job = Get(id);
  EXPECT_EQ(job.state, JobState::kQueued);
  EXPECT_EQ(job.progress.fraction, 0.7);
  ASSERT_THAT(job.artifacts, SizeIs(1));
  EXPECT_EQ(job.artifacts[0].name, "early.txt");
  EXPECT_EQ(*ReadAll(*place_.artifacts, id, job.artifacts[0].blob), "early");
  const auto again = ClaimOf();
  EXPECT_EQ(again->request, "the request");
  EXPECT_EQ(again->lease.attempt, 2);
  const auto checkpoint = store().Checkpoint(again->lease);
  ASSERT_TRUE(checkpoint.ok() && checkpoint->has_value());
  EXPECT_EQ(*ReadAll(*place_.artifacts, id, **checkpoint), "step 7");
  EXPECT_FALSE(ReadAll(*place_.artifacts, id, orphan).ok());
  EXPECT_EQ(store().Create(Request("train", "r-1", "", "the request"))->job.id,
            id);
}

TEST_F(WorkersTest, GivesUpAJobThatKillsEveryWorker) {
  const std::string id = Create(Request("train"));
  for (int crash = 0; crash < 3; ++crash) {
    ASSERT_TRUE(ClaimOf().has_value()) << crash;
    Reopen();
  }
  const Job job = Get(id);
  EXPECT_EQ(job.state, JobState::kFailed);
  EXPECT_EQ(ReasonOf(job.error), kJobCrashed);
  EXPECT_FALSE(ClaimOf().has_value());
}

TEST_F(WorkersTest, GivesNoJobUpThatGetsFurther) {
  const std::string id = Create(Request("train"));
  for (int crash = 0; crash < 7; ++crash) {
    const auto claim = ClaimOf();
    ASSERT_TRUE(claim.has_value()) << crash;
    if (crash % 2 == 1) {
      ASSERT_EQ(store().SetCheckpoint(claim->lease, Put(id, "further")),
                absl::OkStatus());
    }
    Reopen();
  }
  EXPECT_EQ(Get(id).state, JobState::kQueued);
}

TEST_F(WorkersTest, ReleasesWithoutCountingACrash) {
  const std::string id = Create(Request("train"));
  for (int i = 0; i < 5; ++i) {
    const auto claim = ClaimOf();
    ASSERT_TRUE(claim.has_value());
    ASSERT_EQ(store().Release(claim->lease), absl::OkStatus());
    EXPECT_EQ(Get(id).state, JobState::kQueued);
  }
  EXPECT_EQ(Get(id).attempt, 5);
}

TEST_F(WorkersTest, TellsItsWorkerThatAJobIsToBeCancelled) {
  const std::string id = Create(Request("train"));
  const Lease lease = ClaimOf()->lease;
  EXPECT_FALSE(*store().Heartbeat(lease, kLease));
  EXPECT_EQ(store().RequestCancel(id)->state, JobState::kRunning);
  EXPECT_TRUE(Get(id).cancel_requested);
  EXPECT_TRUE(*store().Heartbeat(lease, kLease));
  ASSERT_EQ(store().Finish(lease, absl::CancelledError(), true),
            absl::OkStatus());
  EXPECT_EQ(Get(id).state, JobState::kCancelled);
  EXPECT_EQ(Get(id).error, absl::OkStatus());
}

TEST_F(WorkersTest, CancelsInsteadOfQueuingAgain) {
  const std::string crashed = Create(Request("train"));
  const std::string released = Create(Request("train"));
  ClaimOf();
  const Lease lease = ClaimOf()->lease;
  ASSERT_TRUE(store().RequestCancel(crashed).ok());
  ASSERT_TRUE(store().RequestCancel(released).ok());
  ASSERT_EQ(store().Release(lease), absl::OkStatus());
  EXPECT_EQ(Get(released).state, JobState::kCancelled);
  Reopen();
  EXPECT_EQ(Get(crashed).state, JobState::kCancelled);
}

TEST_F(WorkersTest, ReplacesCheckpointsAndArtifactsWhole) {
  const std::string id = Create(Request("train"));
  const Lease lease = ClaimOf()->lease;
  ASSERT_EQ(store().SetCheckpoint(lease, Put(id, "one")), absl::OkStatus());
  ASSERT_EQ(store().SetCheckpoint(lease, Put(id, "two")), absl::OkStatus());
  Artifact artifact;
  artifact.name = "result.txt";
  artifact.media_type = "text/plain";
  for (const char* content : {"first", "second"}) {
    artifact.blob = Put(id, content);
    ASSERT_EQ(store().AddArtifact(lease, artifact), absl::OkStatus());
  }
  const Job job = Get(id);
  ASSERT_THAT(job.artifacts, SizeIs(1));
  EXPECT_EQ(*ReadAll(*place_.artifacts, id, job.artifacts[0].blob), "second");
  // What was replaced is gone from the disk.
  EXPECT_THAT(*place_.artifacts->Blobs(id), SizeIs(2));
  // And the checkpoint with the end.
  ASSERT_EQ(store().Finish(lease, absl::OkStatus(), false), absl::OkStatus());
  EXPECT_THAT(*place_.artifacts->Blobs(id),
              ElementsAre(job.artifacts[0].blob.id));
  artifact.name = "../escape";
  EXPECT_EQ(ReasonOf(store().AddArtifact(lease, artifact)), kJobReportInvalid);
}

}  // namespace
}  // namespace sightline::jobs
