// The events of one job, one after another, for as long as there are more.
#ifndef SIGHTLINE_COMMON_JOBS_SERVICE_JOB_WATCH_H_
#define SIGHTLINE_COMMON_JOBS_SERVICE_JOB_WATCH_H_

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "common/jobs/job_store.h"

namespace sightline::jobs {

// Belongs to one thread at a time.
class JobWatch {
 public:
  // From the event behind number `after` on. `changed` is called, on any
  // thread, when Next() may have more to give. Errors: NotFound JOB_NOT_FOUND,
  // InvalidArgument JOB_EVENT_UNKNOWN.
  static absl::StatusOr<std::unique_ptr<JobWatch>> Open(
      JobStore& store, const std::string& job_id, int64_t after,
      bool skip_previews, std::function<void()> changed);

  // The next event; nullptr: none yet, or, with is_over(), none any more.
  // Valid until the next call. Errors also: NotFound JOB_NOT_FOUND (the job was
  // deleted meanwhile).
  absl::StatusOr<const Event*> Next();
  // The job has ended, and its last event has been given.
  bool is_over() const { return is_over_; }

 private:
  JobWatch(JobStore& store, std::string job_id, int64_t after,
           bool skip_previews);
  absl::Status Read();

  JobStore& store_;
  const std::string job_id_;
  const bool skip_previews_;
  int64_t after_;
  Event current_;
  std::deque<Event> events_;
  bool is_over_ = false;
  std::unique_ptr<Subscription> subscription_;
};

}  // namespace sightline::jobs

#endif  // SIGHTLINE_COMMON_JOBS_SERVICE_JOB_WATCH_H_
