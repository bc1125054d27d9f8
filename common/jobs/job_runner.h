// Works on jobs: takes them from a JobStore, calls the function of their kind,
// writes down how they ended.
//
//   JobRunner runner(store, artifacts,
//                    {{"patch.training", 1, [&](JobContext& job) {
//                        return trainer.Train(job);
//                      }}},
//                    {.threads = 2});
//   runner.Start();
//
// 1. A job that is cancelled ends within a second: its function is asked to
//    stop, and if it does not within `cancel_grace`, the job ends without it;
//    what it still does then changes nothing.
// 2. A drained job goes back to the queue with its checkpoint.
// 3. A function that throws fails its job, not the process.
// 4. The end of a job that the store cannot take (a full disk) is tried again
//    until it can, or until the next process works on the job anew.
//
// Thread-safe.
#ifndef SIGHTLINE_COMMON_JOBS_JOB_RUNNER_H_
#define SIGHTLINE_COMMON_JOBS_JOB_RUNNER_H_

#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "common/jobs/artifact_store.h"
#include "common/jobs/fault_points.h"
#include "common/jobs/job_context.h"
#include "common/jobs/job_store.h"
#include "common/stop/stop_token.h"

namespace sightline::jobs {

struct JobKind {
  // NewJob::kind.
  std::string name;
  // Of this kind at once, in all processes that share the store.
  int max_running = 1;
  // Called on one of the runner's threads, on several at once for different
  // jobs.
  std::function<absl::Status(JobContext&)> run;
};

struct JobRunnerOptions {
  // Jobs at once here.
  int threads = 1;
  // A worker that is silent for this long has lost its job.
  absl::Duration lease = absl::Seconds(30);
  absl::Duration cancel_grace = absl::Milliseconds(500);
  // How often the store is asked for work that nobody has told of.
  absl::Duration poll = absl::Seconds(1);
  // How often expired jobs are deleted.
  absl::Duration sweep_interval = absl::Minutes(1);
  absl::Duration progress_interval = absl::Milliseconds(100);
  // May be null.
  FaultInjector* faults = nullptr;
};

class JobRunner {
 public:
  // `store` and `artifacts` must outlive the runner.
  JobRunner(JobStore* store, ArtifactStore* artifacts,
            std::vector<JobKind> kinds, JobRunnerOptions options);
  // Drains, however long that takes.
  ~JobRunner();
  JobRunner(const JobRunner&) = delete;
  JobRunner& operator=(const JobRunner&) = delete;

  // To be called once.
  void Start();

  // Asks all functions to stop and takes no more jobs. Returns at once.
  void BeginDrain();
  // The same, and waits for the functions. Errors: DeadlineExceeded
  // JOB_INTERRUPTED (some have not returned; their jobs are queued again by the
  // next process).
  absl::Status Drain(absl::Time deadline);

  // Jobs that functions work on now.
  int running() const;

 private:
  // One job at work.
  struct Work {
    Lease lease;
    StopSource stop;
    std::unique_ptr<JobContext> context;
    // What follows is guarded by mutex_.
    bool is_changed = false;
    absl::Time next_heartbeat;
    // Asked to stop by the store: since when, and why.
    absl::Time stopped_at = absl::InfiniteFuture();
    bool is_cancelled = false;
    bool is_lost = false;
  };

  void TakeJobs();
  void WorkOn(Claim claim);
  absl::Status CallFunction(const std::string& kind, JobContext& context);
  // Writes how `work` ended.
  void WriteEnd(Work& work, const absl::Status& outcome);
  absl::Status TryEnd(Work& work, const absl::Status& outcome);

  // The keeper: heartbeats, cancellation, late reports, retention.
  void Keep();
  void Attend(Work& work, absl::Time now);
  void SweepIfDue(absl::Time now);

  bool is_draining() const;
  // Until `until`, or the drain.
  void Sleep(absl::Time until);

  JobStore* const store_;
  ArtifactStore* const artifacts_;
  const std::map<std::string, JobKind> kinds_;
  const JobRunnerOptions options_;
  std::map<std::string, int> max_running_;

  mutable std::mutex mutex_;
  std::condition_variable woken_;
  // Guarded by mutex_.
  bool is_draining_ = false;
  bool is_closed_ = false;
  bool has_news_ = true;
  int workers_left_ = 0;
  std::map<std::string, std::shared_ptr<Work>> works_;

  absl::Time next_sweep_;  // The keeper's.
  std::unique_ptr<Subscription> subscription_;
  std::vector<std::thread> workers_;
  std::thread keeper_;
};

}  // namespace sightline::jobs

#endif  // SIGHTLINE_COMMON_JOBS_JOB_RUNNER_H_
