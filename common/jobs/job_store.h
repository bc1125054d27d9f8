// Where jobs are kept: accepted, handed to workers, reported on, ended,
// removed. The one truth about every job; what is not here has not happened.
//
// Creators, workers and watchers meet here alone. Workers hold a Lease and
// renew it; the store takes it back when it runs out, so workers may be threads
// of this process or processes elsewhere, and a store may be a database here or
// a queue that many share.
//
// The contract of every JobStore:
//
//  1. Accepted is accepted: when Create() has returned OK, the job survives a
//     crash of any process and a power failure, and ends exactly once.
//  2. Creating is idempotent: the same kind and request_id with the same
//     request gives the job that is there, whatever became of it; with another
//     request it fails. An empty request_id names nothing.
//  3. A job has at most one lease. Claiming gives a new attempt; what is done
//     with the lease of an earlier one fails with JOB_LEASE_LOST and changes
//     nothing.
//  4. A lease that is not renewed in time, or whose process has died, is taken
//     back: the job is queued again with its checkpoint, artifacts, progress
//     and events. After `max_crashes` in a row without a new checkpoint it is
//     failed with JOB_CRASHED instead: it would take every worker down.
//  5. Whose turn it is: ChooseNext() (job_rules.h).
//  6. A job's events are numbered from 1 without gaps. State changes and
//     artifacts stay as long as the job; of progress the newest
//     kKeptProgressEvents, of previews the newest kKeptPreviews.
//  7. Progress never goes back. A report may be lost in a power failure, but
//     not without all that came after it; states, checkpoints and artifacts may
//     not.
//  8. Checkpoint and artifact are replaced whole: at any instant the old one or
//     the new one is there, with the SHA-256 and length that are told of it.
//  9. A job ends once, with its worker's Finish(), with RequestCancel() while
//     it waits, or by rule 4. After that nothing but its removal changes it.
// 10. RequestCancel() of a running job is a wish that its worker sees at the
//     next Heartbeat(); whoever Subscribe()d sees it at once.
// 11. When Delete() has returned OK, no byte of the job is left in the store's
//     files, nor in its ArtifactStore. A deletion that was interrupted or
//     failed is completed by Sweep() or the next start; nobody sees the job
//     meanwhile.
// 12. Ended jobs are deleted `retention` after their end, by Sweep().
//
// Thread-safe. Every method may fail with Internal JOB_STORE_FAILED, DataLoss
// JOB_STORE_CORRUPT or ResourceExhausted JOB_STORE_FULL, and has then changed
// nothing, except that a commit whose answer was lost may have happened.
#ifndef SIGHTLINE_COMMON_JOBS_JOB_STORE_H_
#define SIGHTLINE_COMMON_JOBS_JOB_STORE_H_

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/jobs/job.h"

namespace sightline::jobs {

struct Creation {
  Job job;
  // False: it was there already (rule 2).
  bool is_new = false;
};

struct JobFilter {
  // Empty: any.
  std::vector<JobState> states;
  std::string kind;
  std::string owner;
};

struct JobPage {
  // Newest first.
  std::vector<Job> jobs;
  // For the next page; empty: there is none.
  std::string next_token;
};

// A job in a worker's hands.
struct Claim {
  Lease lease;
  Job job;
  std::string request;
};

// Figures for metrics.
struct JobCounts {
  std::map<JobState, int64_t> by_state;
  // Of those that wait now; nullopt: none does.
  std::optional<absl::Time> oldest_queued;
};

// Listens as long as it exists. The destructor waits for a call under way, so
// it must not run within one.
class Subscription {
 public:
  virtual ~Subscription() = default;
};

class JobStore {
 public:
  virtual ~JobStore() = default;

  // For creators.

  // Errors: InvalidArgument JOB_REQUEST_INVALID (CheckNewJob()), AlreadyExists
  // JOB_REQUEST_CONFLICT (rule 2), ResourceExhausted JOB_QUEUE_FULL with a
  // retry time (as many wait as may).
  virtual absl::StatusOr<Creation> Create(const NewJob& job) = 0;

  // For everybody. Errors of what takes a job's id: NotFound JOB_NOT_FOUND.

  virtual absl::StatusOr<Job> Get(const std::string& job_id) = 0;
  // `page_size` above 0; `page_token` empty or of an earlier page of the same
  // filter. Errors: InvalidArgument JOB_REQUEST_INVALID ("page_token").
  virtual absl::StatusOr<JobPage> List(const JobFilter& filter, int page_size,
                                       const std::string& page_token) = 0;
  // At most `most` events numbered above `after`, in order. Errors also:
  // InvalidArgument JOB_EVENT_UNKNOWN (`after` is negative or has not happened
  // yet).
  virtual absl::StatusOr<std::vector<Event>> Events(const std::string& job_id,
                                                    int64_t after,
                                                    int most) = 0;
  // Rules 9 and 10. Returns the job as it then is.
  virtual absl::StatusOr<Job> RequestCancel(const std::string& job_id) = 0;
  // Rule 11.
  virtual absl::Status Delete(const std::string& job_id) = 0;
  virtual absl::StatusOr<JobCounts> Count() = 0;

  // For workers. Errors of what takes a lease: Aborted JOB_LEASE_LOST.

  // The next job of the kinds in `max_running`, of each of which at most so
  // many run at once, if there is one; takes back expired leases first.
  virtual absl::StatusOr<std::optional<Claim>> ClaimNext(
      const std::map<std::string, int>& max_running, absl::Duration lease) = 0;
  // Renews a lease. Returns whether the job shall stop.
  virtual absl::StatusOr<bool> Heartbeat(const Lease& lease,
                                         absl::Duration duration) = 0;
  // Errors also: those of CheckProgress() and CheckPreview().
  virtual absl::Status ReportProgress(const Lease& lease,
                                      const Progress& progress) = 0;
  virtual absl::Status AddPreview(const Lease& lease,
                                  const Preview& preview) = 0;
  // The blob must have been committed to the ArtifactStore. An artifact of the
  // same name is replaced.
  virtual absl::Status AddArtifact(const Lease& lease,
                                   const Artifact& artifact) = 0;
  virtual absl::Status SetCheckpoint(const Lease& lease, const Blob& blob) = 0;
  virtual absl::StatusOr<std::optional<Blob>> Checkpoint(
      const Lease& lease) = 0;
  // Ends the job: OK is success, `was_cancelled` makes it cancelled, all else
  // is its failure.
  virtual absl::Status Finish(const Lease& lease, const absl::Status& outcome,
                              bool was_cancelled) = 0;
  // Gives the job back to the queue, with no crash counted; one that shall be
  // cancelled is ended so.
  virtual absl::Status Release(const Lease& lease) = 0;

  // For housekeeping.

  // Deletes what has expired (rule 12), and what an earlier deletion could not;
  // returns how many jobs. One that cannot be deleted does not keep the others,
  // but is the answer.
  virtual absl::StatusOr<int> Sweep() = 0;

  // Has `changed` called after every change of this job, or, with an empty id,
  // of any job; on the thread that made it, holding no lock of the store. It
  // must be quick and must not call the store.
  virtual std::unique_ptr<Subscription> Subscribe(
      const std::string& job_id,
      std::function<void(const std::string& job_id)> changed) = 0;
};

}  // namespace sightline::jobs

#endif  // SIGHTLINE_COMMON_JOBS_JOB_STORE_H_
