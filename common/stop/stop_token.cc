#include "common/stop/stop_token.h"

#include <mutex>
#include <optional>
#include <stop_token>
#include <utility>

#include "absl/time/clock.h"
#include "common/status/error.h"

namespace sightline {

// std::stop_source does the races; what it lacks is the reason and the
// deadline.
class StopState {
 public:
  explicit StopState(absl::Time deadline) : deadline_(deadline) {}

  void Stop(absl::Status reason) {
    {
      std::lock_guard<std::mutex> lock(mutex_);
      if (!reason_.ok()) return;
      reason_ = std::move(reason);
    }
    source_.request_stop();
  }

  absl::Status Poll() const {
    if (source_.stop_requested()) {
      std::lock_guard<std::mutex> lock(mutex_);
      return reason_;
    }
    if (deadline_ != absl::InfiniteFuture() && absl::Now() >= deadline_) {
      return Error(absl::StatusCode::kDeadlineExceeded, "DEADLINE_EXCEEDED")
          .Message("the call's deadline passed before the answer was ready");
    }
    return absl::OkStatus();
  }

  absl::Time deadline() const { return deadline_; }
  std::stop_token token() const { return source_.get_token(); }

 private:
  const absl::Time deadline_;
  std::stop_source source_;
  mutable std::mutex mutex_;
  absl::Status reason_;  // Guarded by mutex_.
};

StopToken::StopToken(std::shared_ptr<StopState> state)
    : state_(std::move(state)) {}

absl::Status StopToken::Poll() const {
  return state_ == nullptr ? absl::OkStatus() : state_->Poll();
}

absl::Time StopToken::deadline() const {
  return state_ == nullptr ? absl::InfiniteFuture() : state_->deadline();
}

StopSource::StopSource(absl::Time deadline)
    : state_(std::make_shared<StopState>(deadline)) {}

void StopSource::Stop(absl::Status reason) { state_->Stop(std::move(reason)); }

StopToken StopSource::token() const { return StopToken(state_); }

struct StopCallback::Impl {
  std::shared_ptr<StopState> state;
  std::optional<std::stop_callback<std::function<void()>>> callback;
};

StopCallback::StopCallback(const StopToken& token,
                           std::function<void()> function)
    : impl_(std::make_unique<Impl>()) {
  if (token.state_ == nullptr) return;
  impl_->state = token.state_;
  impl_->callback.emplace(impl_->state->token(), std::move(function));
}

StopCallback::~StopCallback() = default;

}  // namespace sightline
