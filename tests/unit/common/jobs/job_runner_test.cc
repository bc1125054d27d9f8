#include "common/jobs/job_runner.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/jobs/reasons.h"
#include "common/status/error.h"
#include "common/status/status_macros.h"
#include "tests/support/jobs/job_place.h"

namespace sightline::jobs {
namespace {

using ::testing::ElementsAre;
using ::testing::SizeIs;

// Works until it is told to stop.
absl::Status Endless(JobContext& job) {
  Progress progress;
  while (true) {
    SL_RETURN_IF_ERROR(job.SetProgress(progress));
    absl::SleepFor(absl::Milliseconds(5));
  }
}

class RunnerTest : public ::testing::Test {
 protected:
  RunnerTest() : place_(OpenJobs(folder_.path())) {}
  JobStore& store() { return *place_.store; }

  void Run(std::vector<JobKind> kinds, JobRunnerOptions options = {}) {
    runner_ = std::make_unique<JobRunner>(
        place_.store.get(), place_.artifacts.get(), std::move(kinds), options);
    runner_->Start();
  }
  std::string Create(const NewJob& request) {
    return store().Create(request)->job.id;
  }
  JobState StateOf(const std::string& id) { return store().Get(id)->state; }
  bool Reaches(const std::string& id, JobState state) {
    return Comes([&] { return StateOf(id) == state; });
  }

  TemporaryFolder folder_;
  OpenPlace place_;
  std::unique_ptr<JobRunner> runner_;
};

TEST_F(RunnerTest, DoesWhatWasAskedAndKeepsWhatCameOfIt) {
  Run({{"train", 1, [](JobContext& job) -> absl::Status {
          Progress progress;
          progress.fraction = 0.5;
          progress.stage = "write";
          SL_RETURN_IF_ERROR(job.SetProgress(progress));
          SL_RETURN_IF_ERROR(job.ShowPreview({"half", "text/plain", "..."}));
          return job.WriteArtifact("result.txt", "text/plain",
                                   "did " + job.request());
        }}});
  const std::string id = Create(Request("train", "", "", "this"));
  ASSERT_TRUE(Reaches(id, JobState::kSucceeded));
  const Job job = *store().Get(id);
  EXPECT_EQ(job.progress.fraction, 1);
  ASSERT_THAT(job.artifacts, SizeIs(1));
  EXPECT_EQ(*ReadAll(*place_.artifacts, id, job.artifacts[0].blob), "did this");
  // Queued, running, progress, preview, artifact, succeeded.
  EXPECT_THAT(*store().Events(id, 0, 100), SizeIs(6));
}

TEST_F(RunnerTest, WritesDownHowAJobFailed) {
  Run({{"train", 1, [](JobContext& job) -> absl::Status {
          if (job.request() == "throw") throw std::runtime_error("thrown");
          return Error(absl::StatusCode::kInvalidArgument, "SOME_REASON")
              .Field("model", "is none");
        }}});
  const std::string fails = Create(Request("train", "", "", "fail"));
  const std::string throws = Create(Request("train", "", "", "throw"));
  ASSERT_TRUE(Reaches(fails, JobState::kFailed));
  ASSERT_TRUE(Reaches(throws, JobState::kFailed));
  EXPECT_EQ(ReasonOf(store().Get(fails)->error), "SOME_REASON");
  EXPECT_EQ(ReasonOf(store().Get(throws)->error), kJobThrew);
}

TEST_F(RunnerTest, CancelsWithinASecond) {
  Run({{"train", 1, Endless}});
  const std::string id = Create(Request("train"));
  ASSERT_TRUE(Reaches(id, JobState::kRunning));
  const absl::Time asked = absl::Now();
  ASSERT_TRUE(store().RequestCancel(id).ok());
  ASSERT_TRUE(Reaches(id, JobState::kCancelled));
  EXPECT_LT(*store().Get(id)->ended - asked, absl::Seconds(1));
  EXPECT_EQ(store().Get(id)->error, absl::OkStatus());
}

TEST_F(RunnerTest, CancelsAlsoWhatDoesNotListen) {
  std::atomic<bool> may_end = false;
  absl::Status late;
  Run({{"train", 1, [&](JobContext& job) -> absl::Status {
          while (!may_end) absl::SleepFor(absl::Milliseconds(5));
          late = job.WriteArtifact("late.txt", "text/plain", "too late");
          return absl::OkStatus();
        }}});
  const std::string id = Create(Request("train"));
  ASSERT_TRUE(Reaches(id, JobState::kRunning));
  const absl::Time asked = absl::Now();
  ASSERT_TRUE(store().RequestCancel(id).ok());
  ASSERT_TRUE(Reaches(id, JobState::kCancelled));
  EXPECT_LT(*store().Get(id)->ended - asked, absl::Seconds(1));
  may_end = true;
  ASSERT_TRUE(Comes([&] { return runner_->running() == 0; }));
  EXPECT_EQ(ReasonOf(late), kJobLeaseLost);
  EXPECT_EQ(StateOf(id), JobState::kCancelled);
  EXPECT_TRUE(store().Get(id)->artifacts.empty());
}

TEST_F(RunnerTest, AJobThatIsDoneWhenItIsCancelledIsDone) {
  std::atomic<bool> is_stopped = false;
  Run({{"train", 1, [&](JobContext& job) {
          while (job.stop().Poll().ok()) absl::SleepFor(absl::Milliseconds(1));
          is_stopped = ReasonOf(job.stop().Poll()) == kJobCancelled;
          return absl::OkStatus();
        }}});
  const std::string id = Create(Request("train"));
  ASSERT_TRUE(Reaches(id, JobState::kRunning));
  ASSERT_TRUE(store().RequestCancel(id).ok());
  ASSERT_TRUE(Reaches(id, JobState::kSucceeded));
  EXPECT_TRUE(is_stopped);
}

TEST_F(RunnerTest, StopsAJobThatIsDeleted) {
  Run({{"train", 1, Endless}});
  const std::string id = Create(Request("train"));
  ASSERT_TRUE(Reaches(id, JobState::kRunning));
  ASSERT_EQ(store().Delete(id), absl::OkStatus());
  EXPECT_TRUE(Comes([&] { return runner_->running() == 0; }));
  EXPECT_THAT(FilesWith(folder_.path(), id), SizeIs(0));
}

TEST_F(RunnerTest, DrainedJobsWaitWithTheirCheckpoint) {
  std::atomic<int> steps_of_second = 0;
  const auto train = [&](JobContext& job) -> absl::Status {
    int step = 0;
    SL_ASSIGN_OR_RETURN(const auto saved, job.LoadCheckpoint());
    if (saved.has_value()) {
      EXPECT_TRUE(absl::SimpleAtoi(*saved, &step));
    }
    Progress progress;
    for (; step < 10; ++step) {
      progress.fraction = step / 10.0;
      SL_RETURN_IF_ERROR(job.SetProgress(progress));
      if (job.job().attempt == 1 && step == 6) {
        // Saved although it is told to stop: that is the time for it.
        while (job.stop().Poll().ok()) absl::SleepFor(absl::Milliseconds(1));
        EXPECT_EQ(ReasonOf(job.stop().Poll()), kJobInterrupted);
        SL_RETURN_IF_ERROR(job.SaveCheckpoint(absl::StrCat(step)));
      }
      if (job.job().attempt == 2) ++steps_of_second;
    }
    return absl::OkStatus();
  };
  Run({{"train", 1, train}});
  const std::string id = Create(Request("train"));
  const std::string waiting = Create(Request("train"));
  ASSERT_TRUE(Comes([&] { return store().Get(id)->progress.fraction >= 0.1; }));
  EXPECT_EQ(runner_->Drain(absl::Now() + kPatience), absl::OkStatus());
  EXPECT_EQ(StateOf(id), JobState::kQueued);
  EXPECT_EQ(StateOf(waiting), JobState::kQueued);
  EXPECT_EQ(store().Get(waiting)->attempt, 0);
  Run({{"train", 1, train}});
  ASSERT_TRUE(Reaches(id, JobState::kSucceeded));
  EXPECT_EQ(steps_of_second, 4);
}

TEST_F(RunnerTest, SaysWhichDrainWasTooShort) {
  std::atomic<bool> may_end = false;
  Run({{"train", 1, [&](JobContext&) {
          while (!may_end) absl::SleepFor(absl::Milliseconds(1));
          return absl::OkStatus();
        }}});
  const std::string id = Create(Request("train"));
  ASSERT_TRUE(Reaches(id, JobState::kRunning));
  const absl::Status status =
      runner_->Drain(absl::Now() + absl::Milliseconds(50));
  EXPECT_EQ(status.code(), absl::StatusCode::kDeadlineExceeded);
  may_end = true;
  EXPECT_EQ(runner_->Drain(absl::Now() + kPatience), absl::OkStatus());
  // It was done all the same.
  EXPECT_EQ(StateOf(id), JobState::kSucceeded);
}

TEST_F(RunnerTest, RunsSoManyOfAKindAndNoMore) {
  std::atomic<int> inside = 0;
  std::atomic<int> most = 0;
  JobRunnerOptions options;
  options.threads = 6;
  Run({{"train", 2,
        [&](JobContext&) {
          const int now = ++inside;
          for (int seen = most; now > seen;) {
            if (most.compare_exchange_weak(seen, now)) break;
          }
          absl::SleepFor(absl::Milliseconds(10));
          --inside;
          return absl::OkStatus();
        }}},
      options);
  std::vector<std::string> ids;
  for (int i = 0; i < 12; ++i) ids.push_back(Create(Request("train")));
  for (const std::string& id : ids) {
    ASSERT_TRUE(Reaches(id, JobState::kSucceeded));
  }
  EXPECT_EQ(most, 2);
}

TEST_F(RunnerTest, KeepsALeaseForAsLongAsTheWorkTakes) {
  JobRunnerOptions options;
  options.threads = 2;
  options.lease = absl::Milliseconds(400);
  std::atomic<int> begun = 0;
  Run({{"train", 2,
        [&](JobContext&) {
          ++begun;
          absl::SleepFor(absl::Seconds(2));
          return absl::OkStatus();
        }}},
      options);
  const std::string id = Create(Request("train"));
  ASSERT_TRUE(Reaches(id, JobState::kSucceeded));
  EXPECT_EQ(begun, 1);
}

TEST_F(RunnerTest, ADamagedCheckpointFailsTheJobAndSaysSo) {
  const std::string id = Create(Request("train"));
  {
    auto claim = **store().ClaimNext({{"train", 1}}, absl::Minutes(1));
    JobContext job(place_.store.get(), place_.artifacts.get(), claim, {},
                   absl::ZeroDuration());
    ASSERT_EQ(job.SaveCheckpoint("step 7"), absl::OkStatus());
    ASSERT_EQ(job.WriteArtifact("early.txt", "text/plain", "early"),
              absl::OkStatus());
    const auto blob = *store().Checkpoint(claim.lease);
    std::ofstream(folder_.path() + "/files/" + id + "/" + blob->id) << "step 8";
    ASSERT_EQ(store().Release(claim.lease), absl::OkStatus());
  }
  Run({{"train", 1,
        [](JobContext& job) { return job.LoadCheckpoint().status(); }}});
  ASSERT_TRUE(Reaches(id, JobState::kFailed));
  EXPECT_EQ(store().Get(id)->error.code(), absl::StatusCode::kDataLoss);
  EXPECT_EQ(ReasonOf(store().Get(id)->error), kJobCheckpointCorrupt);
  // What was finished is still there.
  EXPECT_EQ(*ReadAll(*place_.artifacts, id, store().Get(id)->artifacts[0].blob),
            "early");
}

TEST_F(RunnerTest, TriesTheEndAgainWhileTheStoreCannotTakeIt) {
  place_ = OpenPlace();
  OrderedFault fault(FaultPoint::kFinishWritten, 1,
                     [] { return absl::ResourceExhaustedError("full"); });
  place_ = OpenJobs(folder_.path(), &fault);
  Run({{"train", 1, [](JobContext&) { return absl::OkStatus(); }}});
  const std::string id = Create(Request("train"));
  ASSERT_TRUE(Reaches(id, JobState::kSucceeded));
  EXPECT_EQ(fault.arrivals(), 2);
  runner_.reset();
  place_ = OpenPlace();
}

TEST_F(RunnerTest, MakesOneReportOfManyButForAStage) {
  Run({{"train", 1, [](JobContext& job) -> absl::Status {
          Progress progress;
          for (int i = 0; i < 1000; ++i) {
            progress.stage = i < 500 ? "first" : "second";
            progress.fraction = i / 1000.0;
            SL_RETURN_IF_ERROR(job.SetProgress(progress));
          }
          return absl::OkStatus();
        }}});
  const std::string id = Create(Request("train"));
  ASSERT_TRUE(Reaches(id, JobState::kSucceeded));
  std::vector<std::string> stages;
  double last = 0;
  const auto events = store().Events(id, 0, 2000);
  for (const Event& event : *events) {
    const auto* progress = std::get_if<Progress>(&event.what);
    if (progress == nullptr) continue;
    stages.push_back(progress->stage);
    EXPECT_GE(progress->fraction, last);
    last = progress->fraction;
  }
  EXPECT_LT(stages.size(), 200u);
  EXPECT_EQ(stages.front(), "first");
  EXPECT_EQ(stages.back(), "second");
  // The last report is not lost.
  EXPECT_EQ(last, 0.999);
}

}  // namespace
}  // namespace sightline::jobs
