// 200 jobs, 20 workers killed at random moments: each job ends once, whole.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <random>
#include <string>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/jobs/job_runner.h"
#include "common/status/status_macros.h"
#include "tests/support/jobs/job_place.h"

namespace sightline::jobs {
namespace {

constexpr int kJobs = 200;
constexpr int kCrashes = 20;
constexpr int kSteps = 8;
// All jobs together sleep for 4 s on 8 threads, longer than all workers live
// that are killed: on no machine do they run out of work before.
constexpr absl::Duration kStep = absl::Milliseconds(20);
// Long enough for a checkpoint: a job whose workers end five times in a row
// without one is given up, which is another test's matter.
constexpr absl::Duration kLife = absl::Milliseconds(70);

std::string ResultOf(const std::string& request) {
  return absl::StrCat(request, ":", std::string(5000, 'r'));
}

absl::Status Work(JobContext& job) {
  int step = 0;
  SL_ASSIGN_OR_RETURN(const auto saved, job.LoadCheckpoint());
  if (saved.has_value() && !absl::SimpleAtoi(*saved, &step)) {
    return absl::InternalError("the checkpoint is damaged");
  }
  for (; step < kSteps; ++step) {
    Progress progress;
    progress.fraction = static_cast<double>(step) / kSteps;
    SL_RETURN_IF_ERROR(job.SetProgress(progress));
    absl::SleepFor(kStep);
    SL_RETURN_IF_ERROR(job.SaveCheckpoint(absl::StrCat(step + 1)));
  }
  return job.WriteArtifact("result", "text/plain", ResultOf(job.request()));
}

// Works until all jobs have ended, or somebody kills it.
void Live(const std::string& folder) {
  alarm(120);
  const OpenPlace place = OpenJobs(folder);
  JobRunnerOptions options;
  options.threads = 8;
  JobRunner runner(place.store.get(), place.artifacts.get(),
                   {{"work", 8, Work}}, options);
  runner.Start();
  JobFilter open;
  open.states = {JobState::kQueued, JobState::kRunning};
  while (!place.store->List(open, 1, "")->jobs.empty()) {
    absl::SleepFor(absl::Milliseconds(10));
  }
}

TEST(ManyCrashes, EveryJobEndsOnceAndWhole) {
  const TemporaryFolder folder;
  {
    const OpenPlace place = OpenJobs(folder.path());
    for (int i = 0; i < kJobs; ++i) {
      ASSERT_TRUE(place.store
                      ->Create(Request("work", absl::StrCat("r", i),
                                       absl::StrCat("owner", i % 7),
                                       absl::StrCat("request ", i)))
                      .ok());
    }
  }
  constexpr int kSeed = 11;
  std::mt19937 random(kSeed);
  int killed = 0;
  for (int crash = 0; crash < kCrashes; ++crash) {
    const pid_t worker = fork();
    if (worker == 0) {
      Live(folder.path());
      _exit(0);
    }
    absl::SleepFor(kLife + absl::Milliseconds(random() % 70));
    kill(worker, SIGKILL);
    int status = 0;
    ASSERT_EQ(waitpid(worker, &status, 0), worker);
    killed += WIFSIGNALED(status);
  }
  EXPECT_EQ(killed, kCrashes) << "some found nothing left to do";
  ASSERT_EQ(InChild([&] { Live(folder.path()); }), 0);

  const OpenPlace place = OpenJobs(folder.path());
  const auto jobs = place.store->List({}, 1000, "");
  ASSERT_EQ(jobs->jobs.size(), static_cast<size_t>(kJobs));
  int attempts = 0;
  for (const Job& job : jobs->jobs) {
    EXPECT_EQ(job.state, JobState::kSucceeded) << job.error;
    attempts += job.attempt;
    int ends = 0;
    int begins = 0;
    int64_t number = 0;
    const auto events = place.store->Events(job.id, 0, 10000);
    for (const Event& event : *events) {
      EXPECT_EQ(event.number, ++number);
      const auto* change = std::get_if<StateChange>(&event.what);
      if (change == nullptr) continue;
      ends += HasEnded(change->state);
      begins += change->state == JobState::kRunning;
    }
    EXPECT_EQ(ends, 1);
    EXPECT_EQ(begins, job.attempt);
    ASSERT_EQ(job.artifacts.size(), 1u);
    const std::string request = "request " + job.request_id.substr(1);
    EXPECT_EQ(*ReadAll(*place.artifacts, job.id, job.artifacts[0].blob),
              ResultOf(request));
    EXPECT_EQ(place.artifacts->Blobs(job.id)->size(), 1u);
  }
  EXPECT_GT(attempts, kJobs) << "no crash hit a job at work";
}

}  // namespace
}  // namespace sightline::jobs
