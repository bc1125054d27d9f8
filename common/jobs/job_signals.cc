#include "common/jobs/job_signals.h"

#include <mutex>
#include <utility>

namespace sightline::jobs {

struct JobSignals::State {
  // Held while listeners are called, so that a subscription that ends waits.
  std::mutex mutex;
  std::multimap<std::string, std::function<void(const std::string&)>>
      listeners;  // Guarded by mutex.
};

class JobSignals::Entry final : public Subscription {
 public:
  Entry(std::shared_ptr<State> state, const std::string& job_id,
        std::function<void(const std::string&)> changed)
      : state_(std::move(state)) {
    std::lock_guard<std::mutex> lock(state_->mutex);
    place_ = state_->listeners.emplace(job_id, std::move(changed));
  }
  ~Entry() override {
    std::lock_guard<std::mutex> lock(state_->mutex);
    state_->listeners.erase(place_);
  }

 private:
  const std::shared_ptr<State> state_;
  decltype(State::listeners)::iterator place_;
};

JobSignals::JobSignals() : state_(std::make_shared<State>()) {}

std::unique_ptr<Subscription> JobSignals::Subscribe(
    const std::string& job_id,
    std::function<void(const std::string& job_id)> changed) {
  return std::make_unique<Entry>(state_, job_id, std::move(changed));
}

void JobSignals::Changed(const std::string& job_id) const {
  std::lock_guard<std::mutex> lock(state_->mutex);
  for (const std::string& key : {job_id, std::string()}) {
    const auto [begin, end] = state_->listeners.equal_range(key);
    for (auto listener = begin; listener != end; ++listener) {
      listener->second(job_id);
    }
  }
}

}  // namespace sightline::jobs
