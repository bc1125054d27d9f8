// What a job is: the values that stores keep, runners report and services show.
//
// A job is long work that somebody has been promised: once accepted it ends
// exactly once, whatever happens to the process that works on it. Plain values,
// no behaviour; job_rules.h says which of them are valid.
#ifndef SIGHTLINE_COMMON_JOBS_JOB_H_
#define SIGHTLINE_COMMON_JOBS_JOB_H_

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"

namespace sightline::jobs {

// The numbers are kept on disk: add, never change.
enum class JobState {
  kQueued = 1,
  kRunning = 2,
  kSucceeded = 3,
  kFailed = 4,
  kCancelled = 5,
};

inline bool HasEnded(JobState state) { return state >= JobState::kSucceeded; }

struct Metric {
  std::string name;
  double value = 0;
};

struct Progress {
  // Share of the work that is done, 0..1.
  double fraction = 0;
  std::string stage;
  // Steps of this stage; 0 where it does not count, or does not know.
  int64_t steps_done = 0;
  int64_t steps_total = 0;
  // Until the job ends; nullopt: not known.
  std::optional<absl::Duration> remaining;
  std::vector<Metric> metrics;
};

// A small file that shows the work as it is now.
struct Preview {
  std::string name;
  std::string media_type;
  std::string content;
};

// Where a file of a job lies in the ArtifactStore, and what it must be.
struct Blob {
  std::string id;
  // 64 hexadecimal digits.
  std::string sha256;
  int64_t size_bytes = 0;
  bool operator==(const Blob&) const = default;
};

// A finished file of a job.
struct Artifact {
  std::string name;
  std::string media_type;
  Blob blob;
  absl::Time created;
};

struct StateChange {
  JobState state = JobState::kQueued;
  bool cancel_requested = false;
  int attempt = 0;
  // Not OK only when kFailed.
  absl::Status error;
};

struct Event {
  // Counts from 1 within the job.
  int64_t number = 0;
  absl::Time time;
  std::variant<StateChange, Progress, Preview, Artifact> what;
};

// What somebody asks for.
struct NewJob {
  // "patch.training"
  std::string kind;
  // Who takes turns with others; may be empty.
  std::string owner;
  // Makes the creation idempotent within the kind; may be empty.
  std::string request_id;
  // What to do, in a form that the kind's function understands.
  std::string request;
};

struct Job {
  std::string id;
  std::string kind;
  std::string owner;
  std::string request_id;
  JobState state = JobState::kQueued;
  bool cancel_requested = false;
  Progress progress;
  std::vector<Artifact> artifacts;
  absl::Status error;
  absl::Time created;
  std::optional<absl::Time> started;
  std::optional<absl::Time> ended;
  // When retention deletes it.
  std::optional<absl::Time> expires;
  int attempt = 0;
  std::optional<absl::Time> checkpointed;
  int64_t last_event = 0;
};

// The right to work on a job, until it expires or somebody else has it. Every
// claim gives a new attempt, so a worker that was thought dead and comes back
// cannot write over the work of the next one.
struct Lease {
  std::string job_id;
  int attempt = 0;
};

}  // namespace sightline::jobs

#endif  // SIGHTLINE_COMMON_JOBS_JOB_H_
