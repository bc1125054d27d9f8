#include "common/memory/byte_budget.h"

#include <algorithm>
#include <condition_variable>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/memory/reasons.h"
#include "common/status/error.h"

namespace sightline {
namespace {

constexpr absl::Duration kShortestRetry = absl::Milliseconds(50);
constexpr absl::Duration kLongestRetry = absl::Seconds(10);

}  // namespace

Lease::Lease(Lease&& other) noexcept
    : budget_(std::exchange(other.budget_, nullptr)),
      bytes_(std::exchange(other.bytes_, 0)) {}

Lease& Lease::operator=(Lease&& other) noexcept {
  if (this != &other) {
    Release();
    budget_ = std::exchange(other.budget_, nullptr);
    bytes_ = std::exchange(other.bytes_, 0);
  }
  return *this;
}

Lease::~Lease() { Release(); }

void Lease::ShrinkTo(int64_t bytes) {
  if (budget_ == nullptr || bytes >= bytes_) return;
  const int64_t surplus = bytes_ - std::max<int64_t>(bytes, 0);
  bytes_ -= surplus;
  budget_->GiveBack(surplus);
}

bool Lease::TryGrow(int64_t bytes) {
  if (budget_ == nullptr || !budget_->TryTake(bytes)) return false;
  bytes_ += bytes;
  return true;
}

void Lease::Release() {
  ShrinkTo(0);
  budget_ = nullptr;
}

struct ByteBudget::Waiter {
  int64_t bytes = 0;
  absl::Time since;
  absl::Time until;
  Granted granted;  // Taken by whoever decides.
  // Registered after the waiter stands in line.
  std::unique_ptr<StopCallback> on_stop;
};

ByteBudget::ByteBudget(Options options) : options_(std::move(options)) {}

ByteBudget::~ByteBudget() = default;

void ByteBudget::Acquire(int64_t bytes, const StopToken& stop, Granted granted,
                         std::optional<absl::Duration> max_wait) {
  if (bytes > options_.capacity_bytes) {
    granted(
        Error(absl::StatusCode::kResourceExhausted, kNeverFits)
            .Message(absl::StrCat(
                "the request needs ", bytes >> 10, " KiB of ", options_.name,
                " memory, the server has ", options_.capacity_bytes >> 10,
                " KiB in all: send a smaller image or raise the server's "
                "memory budget"))
            .Quota("memory_budget", absl::StrCat(options_.name, " pool: ",
                                                 options_.capacity_bytes,
                                                 " bytes, needed: ", bytes))
            .With("limit_bytes", absl::StrCat(options_.capacity_bytes))
            .With("needed_bytes", absl::StrCat(bytes)));
    return;
  }
  if (absl::Status stopped = stop.Poll(); !stopped.ok()) {
    granted(std::move(stopped));
    return;
  }
  const absl::Time now = absl::Now();
  auto waiter = std::make_shared<Waiter>();
  std::vector<std::unique_ptr<StopCallback>> retired;
  absl::Duration full_retry;
  enum class Outcome { kGranted, kWaits, kFull } outcome;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    retired.swap(retired_);
    if (waiters_.empty() && leased_ + bytes <= options_.capacity_bytes) {
      leased_ += bytes;
      last_grant_ = now;
      outcome = Outcome::kGranted;
    } else if (static_cast<int>(waiters_.size()) >= options_.max_waiting) {
      full_retry = RetryDelayLocked();
      outcome = Outcome::kFull;
    } else {
      waiter->bytes = bytes;
      waiter->since = now;
      waiter->until = now + max_wait.value_or(options_.max_wait);
      waiter->granted = std::move(granted);
      waiters_.push_back(waiter);
      outcome = Outcome::kWaits;
    }
  }
  if (outcome == Outcome::kGranted) {
    granted(Lease(this, bytes));
    return;
  }
  if (outcome == Outcome::kFull) {
    granted(
        Error(absl::StatusCode::kResourceExhausted, kOverloaded)
            .Message(absl::StrCat("the server is busy: ", options_.max_waiting,
                                  " calls wait for memory already"))
            .RetryAfter(full_retry));
    return;
  }
  // Stopping takes the waiter out of the line. The callback may run at once,
  // or the waiter may have been decided meanwhile: Leave() finds out.
  auto on_stop = std::make_unique<StopCallback>(
      stop, [this, weak = std::weak_ptr<Waiter>(waiter), stop] {
        if (auto waiting = weak.lock()) Leave(waiting, stop.Poll());
      });
  bool decided_meanwhile = false;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    decided_meanwhile =
        std::find(waiters_.begin(), waiters_.end(), waiter) == waiters_.end();
    if (!decided_meanwhile) waiter->on_stop = std::move(on_stop);
  }
}

void ByteBudget::Leave(const std::shared_ptr<Waiter>& waiter,
                       absl::Status status) {
  Granted granted;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    const auto it = std::find(waiters_.begin(), waiters_.end(), waiter);
    if (it == waiters_.end()) return;
    waiters_.erase(it);
    granted = std::move(waiter->granted);
    if (waiter->on_stop != nullptr) {
      retired_.push_back(std::move(waiter->on_stop));
    }
  }
  granted(std::move(status));
  GrantWaiting();  // The next in line may be smaller.
}

absl::StatusOr<Lease> ByteBudget::AcquireBlocking(int64_t bytes,
                                                  const StopToken& stop) {
  std::mutex mutex;
  std::condition_variable decided;
  std::optional<absl::StatusOr<Lease>> result;
  Acquire(bytes, stop, [&](absl::StatusOr<Lease> lease) {
    std::lock_guard<std::mutex> lock(mutex);
    result.emplace(std::move(lease));
    decided.notify_one();
  });
  std::unique_lock<std::mutex> lock(mutex);
  decided.wait(lock, [&] { return result.has_value(); });
  return *std::move(result);
}

void ByteBudget::ExpireWaiting(absl::Time now) {
  std::vector<std::shared_ptr<Waiter>> expired;
  std::vector<std::unique_ptr<StopCallback>> retired;
  absl::Duration retry;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    retired.swap(retired_);
    for (auto it = waiters_.begin(); it != waiters_.end();) {
      if ((*it)->until <= now) {
        expired.push_back(std::move(*it));
        it = waiters_.erase(it);
      } else {
        ++it;
      }
    }
    retry = RetryDelayLocked();
  }
  for (const std::shared_ptr<Waiter>& waiter : expired) {
    const Granted granted = std::move(waiter->granted);
    granted(Error(absl::StatusCode::kResourceExhausted, kQueueTimeout)
                .Message(absl::StrCat(
                    "the call waited ",
                    absl::FormatDuration(waiter->until - waiter->since),
                    " for memory; the server is busy"))
                .RetryAfter(retry));
  }
  if (!expired.empty()) GrantWaiting();
}

int64_t ByteBudget::leased_bytes() const {
  std::lock_guard<std::mutex> lock(mutex_);
  return leased_;
}

int ByteBudget::waiting() const {
  std::lock_guard<std::mutex> lock(mutex_);
  return static_cast<int>(waiters_.size());
}

void ByteBudget::GiveBack(int64_t bytes) {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    leased_ -= bytes;
  }
  GrantWaiting();
}

bool ByteBudget::TryTake(int64_t bytes) {
  std::lock_guard<std::mutex> lock(mutex_);
  if (!waiters_.empty() || leased_ + bytes > options_.capacity_bytes) {
    return false;
  }
  leased_ += bytes;
  return true;
}

void ByteBudget::GrantWaiting() {
  for (;;) {
    std::shared_ptr<Waiter> next;
    {
      std::lock_guard<std::mutex> lock(mutex_);
      if (waiters_.empty() ||
          leased_ + waiters_.front()->bytes > options_.capacity_bytes) {
        return;
      }
      next = std::move(waiters_.front());
      waiters_.pop_front();
      leased_ += next->bytes;
      const absl::Time now = absl::Now();
      if (last_grant_ != absl::InfinitePast()) {
        grant_interval_ = 0.9 * grant_interval_ + 0.1 * (now - last_grant_);
      }
      last_grant_ = now;
    }
    const Granted granted = std::move(next->granted);
    granted(Lease(this, next->bytes));
  }
}

absl::Duration ByteBudget::RetryDelayLocked() const {
  // When the line ahead will have moved on, at the pace seen lately.
  const absl::Duration delay =
      grant_interval_ * static_cast<double>(waiters_.size() + 1);
  return std::clamp(delay, kShortestRetry, kLongestRetry);
}

}  // namespace sightline
