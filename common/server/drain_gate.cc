#include "common/server/drain_gate.h"

#include <utility>
#include <vector>

#include "common/server/reasons.h"
#include "common/status/error.h"

namespace sightline {
namespace {

absl::Status Draining() {
  return Error(absl::StatusCode::kUnavailable, kDraining)
      .Message("the server is shutting down; call again to reach another one")
      .RetryAfter(absl::Seconds(1));
}

}  // namespace

absl::Status DrainGate::Enter(const std::shared_ptr<Drainable>& call,
                              bool is_internal) {
  std::lock_guard<std::mutex> lock(mutex_);
  if (draining_ && !is_internal) return Draining();
  inside_[call.get()] = call;
  return absl::OkStatus();
}

void DrainGate::Leave(const Drainable* call) {
  std::function<void()> idle;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    inside_.erase(call);
    if (!inside_.empty()) return;
    idle = idle_;
    emptied_.notify_all();
  }
  if (idle) idle();
}

int DrainGate::inside() const {
  std::lock_guard<std::mutex> lock(mutex_);
  return static_cast<int>(inside_.size());
}

void DrainGate::OnIdle(std::function<void()> idle) {
  std::lock_guard<std::mutex> lock(mutex_);
  idle_ = std::move(idle);
}

void DrainGate::BeginDrain() {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    draining_ = true;
  }
  for (const auto& call : Everybody()) call->OnDrain();
}

bool DrainGate::WaitUntilEmpty(absl::Time deadline) {
  std::unique_lock<std::mutex> lock(mutex_);
  return emptied_.wait_until(lock, absl::ToChronoTime(deadline),
                             [this] { return inside_.empty(); });
}

void DrainGate::AbortRemaining() {
  for (const auto& call : Everybody()) {
    call->OnAbort(Error(absl::StatusCode::kUnavailable, kDraining)
                      .Message("the server is shutting down and could not wait "
                               "for this call any longer; call again")
                      .RetryAfter(absl::Seconds(1)));
  }
}

std::vector<std::shared_ptr<Drainable>> DrainGate::Everybody() const {
  std::vector<std::shared_ptr<Drainable>> everybody;
  std::lock_guard<std::mutex> lock(mutex_);
  for (const auto& [address, weak] : inside_) {
    if (auto call = weak.lock()) everybody.push_back(std::move(call));
  }
  return everybody;
}

}  // namespace sightline
