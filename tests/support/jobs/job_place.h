// A folder with a job store in it, and faults to order, for tests of jobs.
#ifndef SIGHTLINE_TESTS_SUPPORT_JOBS_JOB_PLACE_H_
#define SIGHTLINE_TESTS_SUPPORT_JOBS_JOB_PLACE_H_

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/time/clock.h"
#include "common/jobs/artifact_store.h"
#include "common/jobs/fault_points.h"
#include "common/jobs/job_store.h"
#include "common/jobs/sqlite/sqlite_job_store.h"

namespace sightline::jobs {

// A folder that is gone with it.
class TemporaryFolder {
 public:
  TemporaryFolder();
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

// What happens at the `turn`th arrival (from 1) at a fault point.
class OrderedFault final : public FaultInjector {
 public:
  using Action = std::function<absl::Status()>;
  OrderedFault(FaultPoint point, int turn, Action action)
      : point_(point), turn_(turn), action_(std::move(action)) {}

  absl::Status Reach(FaultPoint point) override;
  int arrivals() const { return arrivals_; }

  // The end of the process, as `kill -9`.
  static absl::Status Kill();

 private:
  const FaultPoint point_;
  const int turn_;
  const Action action_;
  std::atomic<int> arrivals_ = 0;
};

// A store and its artifacts, open. Aborts when they cannot be opened.
struct OpenPlace {
  std::unique_ptr<ArtifactStore> artifacts;
  std::unique_ptr<JobStore> store;
};
OpenPlace OpenJobs(const std::string& folder, FaultInjector* faults = nullptr,
                   SqliteJobStoreOptions options = {});

// A request to create a job of `kind`.
NewJob Request(const std::string& kind, const std::string& request_id = "",
               const std::string& owner = "",
               const std::string& request = "what to do");

// Reason of a failure made with Error; "" for others.
std::string ReasonOf(const absl::Status& status);

// Every file below `folder` whose content or name has `marker` in it.
std::vector<std::string> FilesWith(const std::string& folder,
                                   const std::string& marker);

// Runs `child` in a process of its own (which must not return to the test),
// and returns its wait status. No other thread may run.
int InChild(const std::function<void()>& child);

// For what must happen, on the slowest machine.
inline constexpr absl::Duration kPatience = absl::Seconds(30);

template <typename Condition>
bool Comes(Condition condition) {
  const absl::Time end = absl::Now() + kPatience;
  while (!condition()) {
    if (absl::Now() > end) return false;
    absl::SleepFor(absl::Milliseconds(2));
  }
  return true;
}

}  // namespace sightline::jobs

#endif  // SIGHTLINE_TESTS_SUPPORT_JOBS_JOB_PLACE_H_
