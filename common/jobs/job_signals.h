// Tells who waits for changes of jobs.
#ifndef SIGHTLINE_COMMON_JOBS_JOB_SIGNALS_H_
#define SIGHTLINE_COMMON_JOBS_JOB_SIGNALS_H_

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "common/jobs/job_store.h"

namespace sightline::jobs {

// Thread-safe. Subscriptions may outlive it.
class JobSignals {
 public:
  JobSignals();

  // As JobStore::Subscribe().
  std::unique_ptr<Subscription> Subscribe(
      const std::string& job_id,
      std::function<void(const std::string& job_id)> changed);

  // Calls those who listen to this job, or to any.
  void Changed(const std::string& job_id) const;

 private:
  struct State;
  class Entry;
  std::shared_ptr<State> state_;
};

}  // namespace sightline::jobs

#endif  // SIGHTLINE_COMMON_JOBS_JOB_SIGNALS_H_
