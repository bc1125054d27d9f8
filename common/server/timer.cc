#include "common/server/timer.h"

#include "absl/time/clock.h"

namespace sightline {

Timer::Timer() : thread_([this] { Run(); }) {}

Timer::~Timer() {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    closing_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

Timer::Id Timer::At(absl::Time when, std::function<void()> function) {
  std::lock_guard<std::mutex> lock(mutex_);
  const Id id(when, next_++);
  const auto it = pending_.emplace(id, std::move(function)).first;
  if (it == pending_.begin()) changed_.notify_all();
  return id;
}

void Timer::Cancel(const Id& id) {
  std::function<void()> dropped;  // Destroyed unlocked.
  std::lock_guard<std::mutex> lock(mutex_);
  const auto it = pending_.find(id);
  if (it == pending_.end()) return;
  dropped = std::move(it->second);
  pending_.erase(it);
}

void Timer::Run() {
  std::unique_lock<std::mutex> lock(mutex_);
  while (!closing_) {
    if (pending_.empty()) {
      changed_.wait(lock);
      continue;
    }
    const absl::Time due = pending_.begin()->first.first;
    if (absl::Now() < due) {
      changed_.wait_until(lock, absl::ToChronoTime(due));
      continue;
    }
    std::function<void()> function = std::move(pending_.begin()->second);
    pending_.erase(pending_.begin());
    lock.unlock();
    function();
    function = nullptr;
    lock.lock();
  }
}

}  // namespace sightline
