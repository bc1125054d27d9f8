#include "tools/sightline/bench/load_driver.h"

#include <mutex>
#include <optional>
#include <random>
#include <thread>
#include <utility>
#include <vector>

#include "absl/time/clock.h"
#include "tools/sightline/client/retry.h"

namespace sightline::cli {
namespace {

// When the next call is due. Thread-safe.
class Schedule {
 public:
  Schedule(const LoadPlan& plan, absl::Time start)
      : plan_(plan),
        end_(start + plan.duration),
        next_(start),
        random_(plan.seed),
        gap_seconds_(plan.rate > 0 ? plan.rate : 1) {}

  // nullopt when there is nothing more to do.
  std::optional<absl::Time> Next() {
    const std::lock_guard lock(mutex_);
    if (plan_.max_calls > 0 && given_ >= plan_.max_calls) return std::nullopt;
    const absl::Time now = absl::Now();
    if (plan_.rate <= 0) {
      if (now >= end_) return std::nullopt;
      ++given_;
      return now;
    }
    next_ += absl::Seconds(gap_seconds_(random_));
    if (next_ >= end_) return std::nullopt;
    if (now >= end_) {
      // Too late for what was due; count it and all that would follow.
      for (; next_ < end_; next_ += absl::Seconds(gap_seconds_(random_))) {
        ++not_made_;
      }
      return std::nullopt;
    }
    ++given_;
    return next_;
  }

  int64_t not_made() const { return not_made_; }

 private:
  const LoadPlan& plan_;
  const absl::Time end_;
  std::mutex mutex_;
  absl::Time next_;
  std::mt19937_64 random_;
  std::exponential_distribution<double> gap_seconds_;
  int64_t given_ = 0;
  int64_t not_made_ = 0;
};

// What one worker measured.
struct WorkerResult {
  LatencyHistogram latency;
  std::map<absl::StatusCode, int64_t> calls;
  absl::Status first_failure;
};

void Work(int worker, Schedule& schedule,
          const std::function<absl::Status(int)>& call, const StopToken& stop,
          WorkerResult& result) {
  while (stop.Poll().ok()) {
    const std::optional<absl::Time> due = schedule.Next();
    if (!due.has_value()) return;
    if (!WaitFor(*due - absl::Now(), stop).ok()) return;
    const absl::Status status = call(worker);
    // Ended by us, not by the server.
    if (!stop.Poll().ok()) return;
    ++result.calls[status.code()];
    result.first_failure.Update(status);
    if (status.ok()) result.latency.Record(absl::Now() - *due);
  }
}

}  // namespace

int64_t LoadResult::total() const {
  int64_t sum = 0;
  for (const auto& [code, count] : calls) sum += count;
  return sum;
}

int64_t LoadResult::succeeded() const {
  const auto found = calls.find(absl::StatusCode::kOk);
  return found == calls.end() ? 0 : found->second;
}

LoadResult RunLoad(const LoadPlan& plan,
                   const std::function<absl::Status(int worker)>& call,
                   const StopToken& stop) {
  std::vector<WorkerResult> results(plan.concurrency);
  std::vector<std::thread> workers;
  const absl::Time start = absl::Now();
  Schedule schedule(plan, start);
  for (int i = 0; i < plan.concurrency; ++i) {
    workers.emplace_back([&, i] { Work(i, schedule, call, stop, results[i]); });
  }
  for (std::thread& worker : workers) worker.join();
  LoadResult total;
  total.elapsed = absl::Now() - start;
  total.not_made = schedule.not_made();
  for (const WorkerResult& result : results) {
    total.latency.Merge(result.latency);
    total.first_failure.Update(result.first_failure);
    for (const auto& [code, count] : result.calls) total.calls[code] += count;
  }
  return total;
}

}  // namespace sightline::cli
