// Kills a process at every fault point, and looks at what the next one finds.
//
// The promise: no accepted job is lost, no finished artifact is lost, work is
// redone at most since the last checkpoint, every job ends once.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/jobs/job_runner.h"
#include "common/status/status_macros.h"
#include "tests/support/jobs/job_place.h"

namespace sightline::jobs {
namespace {

constexpr int kSteps = 6;
// A checkpoint after every second step.
constexpr int kCheckpointEvery = 2;
// So that a child that hangs ends, too.
constexpr int kChildSeconds = 60;

// What has been done, beside the store: whether a process dies or not, these
// lines stay.
class Diary {
 public:
  explicit Diary(const std::string& folder) : path_(folder + "/diary") {}
  void Write(const std::string& line) const {
    std::ofstream file(path_, std::ios::app);
    file << line << "\n" << std::flush;
  }
  std::vector<std::string> Lines() const {
    std::ifstream file(path_);
    std::vector<std::string> lines;
    for (std::string line; std::getline(file, line);) lines.push_back(line);
    return lines;
  }

 private:
  const std::string path_;
};

absl::Status Steps(JobContext& job, const Diary& diary) {
  int step = 0;
  SL_ASSIGN_OR_RETURN(const auto saved, job.LoadCheckpoint());
  if (saved.has_value() && !absl::SimpleAtoi(*saved, &step)) {
    return absl::InternalError("the checkpoint is damaged");
  }
  for (; step < kSteps; ++step) {
    Progress progress;
    progress.fraction = static_cast<double>(step) / kSteps;
    progress.stage = absl::StrCat("step ", step);
    SL_RETURN_IF_ERROR(job.SetProgress(progress));
    diary.Write(absl::StrCat(step));
    if (step == 1) {
      SL_RETURN_IF_ERROR(job.ShowPreview({"p", "text/plain", "preview"}));
      SL_RETURN_IF_ERROR(job.WriteArtifact("early", "text/plain", "early"));
      diary.Write("finished early");
    }
    if (step % kCheckpointEvery == kCheckpointEvery - 1) {
      SL_RETURN_IF_ERROR(job.SaveCheckpoint(absl::StrCat(step + 1)));
      diary.Write(absl::StrCat("saved ", step + 1));
    }
  }
  return job.WriteArtifact("late", "text/plain", "late");
}

bool AllEnded(JobStore& store) {
  JobFilter open;
  open.states = {JobState::kQueued, JobState::kRunning};
  return store.List(open, 10, "")->jobs.empty();
}

// One process's life: accepts the jobs that are not yet accepted, works until
// all have ended, deletes one.
void Live(const std::string& folder, FaultInjector* faults) {
  alarm(kChildSeconds);
  const Diary diary(folder);
  OpenPlace place = OpenJobs(folder, faults);
  const auto create = [&](const std::string& name) {
    const auto created =
        place.store->Create(Request("steps", name, "", "request of " + name));
    if (!created.ok()) _exit(3);
    diary.Write("accepted " + name + " " + created->job.id);
    return created->job.id;
  };
  const auto written = diary.Lines();
  const bool was_deleted =
      std::find(written.begin(), written.end(), "deleted") != written.end();
  const std::string cancelled = create("cancelled");
  if (!place.store->RequestCancel(cancelled).ok()) _exit(4);
  diary.Write("cancelled");
  if (!was_deleted) {
    const std::string deleted = create("deleted");
    if (!place.store->Delete(deleted).ok()) _exit(5);
    diary.Write("deleted");
  }
  // Given back once, by hand.
  const std::string worked = create("worked");
  if (place.store->Get(worked)->attempt == 0) {
    const auto claim = place.store->ClaimNext({{"steps", 9}}, absl::Minutes(1));
    if (!claim.ok() || !claim->has_value()) _exit(6);
    if (!place.store->Release((**claim).lease).ok()) _exit(7);
  }
  JobRunnerOptions options;
  options.faults = faults;
  JobRunner runner(
      place.store.get(), place.artifacts.get(),
      {{"steps", 1, [&](JobContext& job) { return Steps(job, diary); }}},
      options);
  runner.Start();
  while (!AllEnded(*place.store)) absl::SleepFor(absl::Milliseconds(2));
}

// Whether the lines of steps are those of one life after another in which each
// begins at the newest checkpoint.
void ExpectRedoneSinceCheckpointAtMost(const std::vector<std::string>& lines) {
  int next = 0;
  int saved = 0;
  for (const std::string& line : lines) {
    int step = 0;
    if (line.rfind("saved ", 0) == 0) {
      ASSERT_TRUE(absl::SimpleAtoi(line.substr(6), &saved));
    } else if (absl::SimpleAtoi(line, &step)) {
      if (step != next) {
        // A new life. The checkpoint may have been committed and its line not
        // written.
        EXPECT_TRUE(step == saved || step == saved + kCheckpointEvery)
            << "began with step " << step << ", saved was " << saved;
      }
      next = step + 1;
    }
  }
  EXPECT_EQ(next, kSteps);
}

// Killed at the `turn`th arrival at `point`; then another life to the end.
// Returns whether the child arrived there.
bool KillAndRecover(const NamedFaultPoint& fault, int turn) {
  SCOPED_TRACE(absl::StrCat(fault.name, ", arrival ", turn));
  const TemporaryFolder folder;
  const int status = InChild([&] {
    OrderedFault killer(fault.point, turn, OrderedFault::Kill);
    Live(folder.path(), &killer);
  });
  if (WIFEXITED(status)) {
    EXPECT_EQ(WEXITSTATUS(status), 0);
    return false;
  }
  EXPECT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL) << status;
  const Diary diary(folder.path());
  const std::vector<std::string> before = diary.Lines();
  {
    // What the next process finds before it does anything.
    const OpenPlace place = OpenJobs(folder.path());
    bool was_deleted = false;
    for (const std::string& line : before) was_deleted |= line == "deleted";
    for (const std::string& line : before) {
      if (line.rfind("accepted ", 0) != 0) continue;
      const std::string id = line.substr(line.rfind(' ') + 1);
      const auto job = place.store->Get(id);
      if (line.rfind("accepted deleted", 0) == 0) {
        if (was_deleted) {
          EXPECT_FALSE(job.ok());
        }
        continue;
      }
      EXPECT_TRUE(job.ok()) << "lost: " << line;
      if (!job.ok()) continue;
      EXPECT_NE(job->state, JobState::kRunning);
      for (const Artifact& artifact : job->artifacts) {
        EXPECT_TRUE(ReadAll(*place.artifacts, id, artifact.blob).ok())
            << artifact.name;
      }
    }
    for (const std::string& line : before) {
      if (line != "finished early") continue;
      const std::string id =
          place.store
              ->Create(Request("steps", "worked", "", "request of worked"))
              ->job.id;
      EXPECT_FALSE(place.store->Get(id)->artifacts.empty())
          << "a finished artifact is lost";
    }
  }
  EXPECT_EQ(InChild([&] { Live(folder.path(), nullptr); }), 0);
  ExpectRedoneSinceCheckpointAtMost(diary.Lines());

  const OpenPlace place = OpenJobs(folder.path());
  const auto jobs = place.store->List({}, 10, "");
  EXPECT_EQ(jobs->jobs.size(), 2u) << "each job is there once";
  for (const Job& job : jobs->jobs) {
    EXPECT_EQ(job.state, job.request_id == "worked" ? JobState::kSucceeded
                                                    : JobState::kCancelled);
    int ends = 0;
    const auto events = place.store->Events(job.id, 0, 1000);
    for (const Event& event : *events) {
      const auto* change = std::get_if<StateChange>(&event.what);
      ends += change != nullptr && HasEnded(change->state);
    }
    EXPECT_EQ(ends, 1);
    if (job.request_id != "worked") continue;
    EXPECT_EQ(job.artifacts.size(), 2u);
    for (const Artifact& artifact : job.artifacts) {
      EXPECT_EQ(*ReadAll(*place.artifacts, job.id, artifact.blob),
                artifact.name);
    }
    // Two artifacts, no checkpoint, nothing half written.
    EXPECT_EQ(place.artifacts->Blobs(job.id)->size(), 2u);
  }
  EXPECT_EQ(place.artifacts->Jobs()->size(), 2u);
  EXPECT_TRUE(FilesWith(folder.path(), "request of deleted").empty());
  return true;
}

TEST(FaultPoints, AKilledProcessLosesNothingWhereverItDies) {
  // Arrivals beyond the first: other steps, other jobs.
  constexpr int kTurns = 3;
  for (const NamedFaultPoint& fault : kAllFaultPoints) {
    EXPECT_TRUE(KillAndRecover(fault, 1)) << fault.name << " is never reached";
    for (int turn = 2; turn <= kTurns; ++turn) {
      if (!KillAndRecover(fault, turn)) break;
    }
  }
}

}  // namespace
}  // namespace sightline::jobs
