#include "common/server/executor.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/memory/reasons.h"
#include "common/status/error.h"

namespace sightline {

Executor::Executor(Options options)
    : options_(std::move(options)),
      running_since_(options_.threads, absl::InfiniteFuture()) {
  for (int i = 0; i < options_.threads; ++i) {
    threads_.emplace_back([this, i] { Work(i); });
  }
}

Executor::~Executor() { Close(); }

void Executor::Close() {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    closing_ = true;
  }
  not_empty_.notify_all();
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
}

absl::Status Executor::Submit(Task task) {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    if (static_cast<int>(queue_.size()) >= options_.max_queued) {
      return Error(absl::StatusCode::kResourceExhausted, kOverloaded)
          .Message(absl::StrCat("the server is busy: ", queue_.size(),
                                " calls wait for a worker already"))
          .RetryAfter(RetryDelayLocked());
    }
    queue_.push_back({std::move(task), absl::Now()});
  }
  not_empty_.notify_one();
  return absl::OkStatus();
}

int Executor::busy() const {
  std::lock_guard<std::mutex> lock(mutex_);
  return static_cast<int>(
      std::count_if(running_since_.begin(), running_since_.end(),
                    [](absl::Time t) { return t != absl::InfiniteFuture(); }));
}

int Executor::queued() const {
  std::lock_guard<std::mutex> lock(mutex_);
  return static_cast<int>(queue_.size());
}

absl::Duration Executor::LongestRunning(absl::Time now) const {
  std::lock_guard<std::mutex> lock(mutex_);
  const absl::Time oldest =
      *std::min_element(running_since_.begin(), running_since_.end());
  return oldest == absl::InfiniteFuture() ? absl::ZeroDuration() : now - oldest;
}

void Executor::Work(int index) {
  std::unique_lock<std::mutex> lock(mutex_);
  for (;;) {
    not_empty_.wait(lock, [this] { return closing_ || !queue_.empty(); });
    if (queue_.empty()) return;
    Queued next = std::move(queue_.front());
    queue_.pop_front();
    const absl::Time start = absl::Now();
    running_since_[index] = start;
    absl::Status admitted;
    if (start - next.since > options_.max_wait) {
      admitted =
          Error(absl::StatusCode::kResourceExhausted, kQueueTimeout)
              .Message(absl::StrCat("the call waited ",
                                    absl::FormatDuration(start - next.since),
                                    " for a worker; the server is busy"))
              .RetryAfter(RetryDelayLocked());
    }
    lock.unlock();
    next.task(std::move(admitted));
    // The task may own the last reference to a call: destroy it unlocked.
    next.task = nullptr;
    lock.lock();
    running_since_[index] = absl::InfiniteFuture();
    mean_task_ = 0.9 * mean_task_ + 0.1 * (absl::Now() - start);
  }
}

absl::Duration Executor::RetryDelayLocked() const {
  const absl::Duration delay = mean_task_ *
                               static_cast<double>(queue_.size() + 1) /
                               static_cast<double>(options_.threads);
  return std::clamp(delay, absl::Milliseconds(50), absl::Seconds(10));
}

}  // namespace sightline
