#include "tools/sightline/client/conveyor.h"

#include <algorithm>
#include <condition_variable>
#include <map>
#include <mutex>
#include <optional>
#include <thread>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/status/error.h"
#include "tools/sightline/client/retry.h"

namespace sightline::cli {
namespace {

// The contract's limit.
constexpr size_t kChunkBytes = 256 << 10;
// How late a stop or a silent server is noticed at most.
constexpr absl::Duration kWatchInterval = absl::Milliseconds(50);

// An item between its first sending and the taking of its outcome.
struct Slot {
  enum class Phase { kWaiting, kSent, kAnswered };
  Phase phase = Phase::kWaiting;
  // Kept until the answer, in case the item must be sent again.
  std::shared_ptr<const std::string> bytes;
  common::v1::ItemHeader header;
  // How often it was sent.
  int attempts = 0;
  // While waiting: not to be sent before.
  absl::Time not_before = absl::InfinitePast();
  ConveyorOutcome outcome = absl::UnknownError("no answer");
};

// Three threads at a time: one writes items, one reads answers, and the
// caller's watches over both. Outcomes are taken on the first two.
class Conveyor {
 public:
  Conveyor(const ConveyorJob& job, const ConveyorOptions& options,
           const StopToken& stop)
      : job_(job), options_(options), stop_(stop) {}

  absl::Status Run() {
    int failures = 0;
    while (true) {
      std::unique_ptr<ConveyorStream> stream = job_.open();
      const absl::Status interruption = RunStream(*stream);
      const absl::Status finished = stream->Finish();
      if (AllAnswered()) return absl::OkStatus();
      if (!interruption.ok()) return FailRest(interruption);
      const absl::Status reason = finished.ok() ? EndedEarly() : finished;
      failures = has_answer_ ? 1 : failures + 1;
      const std::optional<absl::Duration> delay =
          RetryDelay(reason, failures - 1);
      if (!delay.has_value()) return FailRest(reason);
      // Streams may fail because of what was sent on them: those items are
      // given up, and the others get their own chance.
      if (SendAgain(reason)) {
        failures = 0;
      } else if (failures > options_.retries) {
        return FailRest(reason);
      }
      if (AllAnswered()) return absl::OkStatus();
      const absl::Status waited = WaitFor(*delay, stop_);
      if (!waited.ok()) return FailRest(waited);
    }
  }

 private:
  static absl::Status EndedEarly() {
    return Error(absl::StatusCode::kUnavailable, "STREAM_ENDED_EARLY")
        .Message("the server ended the stream without answering every item");
  }

  // Runs one stream until it ends. Not OK when it was cut from this side.
  absl::Status RunStream(ConveyorStream& stream) {
    stream_over_ = false;
    has_answer_ = false;
    writer_done_ = false;
    is_writing_ = false;
    last_progress_ = absl::Now();
    std::thread writer([&] { WriteItems(stream); });
    std::thread reader([&] { ReadAnswers(stream); });
    const absl::Status interruption = Watch(stream);
    writer.join();
    reader.join();
    return interruption;
  }

  absl::Status Watch(ConveyorStream& stream) {
    absl::Status interruption;
    std::unique_lock lock(mutex_);
    while (!(writer_done_ && stream_over_)) {
      changed_.wait_for(lock, absl::ToChronoNanoseconds(kWatchInterval));
      if (!interruption.ok()) continue;
      interruption = stop_.Poll();
      if (interruption.ok() && IsWaitingForServer() &&
          absl::Now() - last_progress_ > options_.patience) {
        interruption =
            Error(absl::StatusCode::kDeadlineExceeded, "SERVER_SILENT")
                .Message(absl::StrCat(
                    "the server neither took data nor answered for ",
                    absl::FormatDuration(options_.patience), " (--deadline)"));
      }
      if (!interruption.ok()) {
        stream.Cancel();
        interrupted_ = true;
        changed_.notify_all();
      }
    }
    return interruption;
  }

  // With mutex_ held.
  bool IsWaitingForServer() const {
    return is_writing_ || writer_done_ ||
           std::any_of(slots_.begin(), slots_.end(), [](const auto& entry) {
             return entry.second.phase == Slot::Phase::kSent;
           });
  }

  bool AllAnswered() {
    const std::lock_guard lock(mutex_);
    return taken_ == job_.count;
  }

  // --- the writing thread ---

  void WriteItems(ConveyorStream& stream) {
    bool intact = Write([&] { return stream.WriteSettings(); });
    while (intact) {
      const std::optional<size_t> index = NextToSend();
      if (!index.has_value()) break;
      intact = Send(stream, *index);
    }
    if (intact) stream.WritesDone();
    const std::lock_guard lock(mutex_);
    writer_done_ = true;
    last_progress_ = absl::Now();
    changed_.notify_all();
  }

  // Waits for something to send; nullopt when there will be nothing more.
  std::optional<size_t> NextToSend() {
    std::unique_lock lock(mutex_);
    while (!stream_over_ && !interrupted_) {
      const absl::Time now = absl::Now();
      absl::Time earliest = now + absl::Seconds(1);
      bool all_answered = next_ == job_.count;
      for (auto& [index, slot] : slots_) {
        if (slot.phase != Slot::Phase::kAnswered) all_answered = false;
        if (slot.phase != Slot::Phase::kWaiting) continue;
        if (slot.not_before <= now) return index;
        earliest = std::min(earliest, slot.not_before);
      }
      if (all_answered) return std::nullopt;
      if (next_ < job_.count &&
          next_ - taken_ < static_cast<size_t>(options_.in_flight)) {
        slots_[next_];
        return next_++;
      }
      changed_.wait_for(lock, absl::ToChronoNanoseconds(earliest - now));
    }
    return std::nullopt;
  }

  bool Write(const std::function<bool()>& write) {
    {
      const std::lock_guard lock(mutex_);
      // Nothing was asked of the server until now.
      if (!IsWaitingForServer()) last_progress_ = absl::Now();
      is_writing_ = true;
    }
    const bool intact = write();
    const std::lock_guard lock(mutex_);
    is_writing_ = false;
    if (intact) last_progress_ = absl::Now();
    return intact;
  }

  // False when the stream is broken.
  bool Send(ConveyorStream& stream, size_t index) {
    std::shared_ptr<const std::string> bytes;
    common::v1::ItemHeader header;
    {
      const std::lock_guard lock(mutex_);
      bytes = slots_[index].bytes;
      header = slots_[index].header;
    }
    if (bytes == nullptr) {
      absl::StatusOr<std::string> content = job_.read(index, &header);
      if (!content.ok()) {
        Answer(index, content.status());
        return true;
      }
      bytes = std::make_shared<const std::string>(*std::move(content));
    }
    header.set_id(absl::StrCat(index));
    header.set_byte_size(static_cast<int64_t>(bytes->size()));
    {
      const std::lock_guard lock(mutex_);
      Slot& slot = slots_[index];
      slot.bytes = bytes;
      slot.header = header;
      slot.phase = Slot::Phase::kSent;
      ++slot.attempts;
    }
    bool intact = Write([&] { return stream.WriteItem(header); });
    absl::string_view rest = *bytes;
    while (intact && !rest.empty()) {
      const absl::string_view chunk = rest.substr(0, kChunkBytes);
      rest.remove_prefix(chunk.size());
      intact = Write([&] { return stream.WriteChunk(chunk); });
    }
    return intact;
  }

  // --- the reading thread ---

  void ReadAnswers(ConveyorStream& stream) {
    ConveyorAnswer answer;
    while (stream.Read(&answer)) TakeAnswer(std::move(answer));
    const std::lock_guard lock(mutex_);
    stream_over_ = true;
    changed_.notify_all();
  }

  void TakeAnswer(ConveyorAnswer answer) {
    size_t index = 0;
    if (!absl::SimpleAtoi(answer.item_id, &index)) return;
    {
      const std::lock_guard lock(mutex_);
      last_progress_ = absl::Now();
      const auto found = slots_.find(index);
      // An answer to what was not asked, or a second one, says nothing.
      if (found == slots_.end() || found->second.phase != Slot::Phase::kSent) {
        return;
      }
      has_answer_ = true;
      Slot& slot = found->second;
      const std::optional<absl::Duration> delay =
          RetryDelay(answer.outcome.status(), slot.attempts - 1);
      if (delay.has_value() && slot.attempts <= options_.retries) {
        slot.phase = Slot::Phase::kWaiting;
        slot.not_before = absl::Now() + *delay;
        changed_.notify_all();
        return;
      }
    }
    Answer(index, std::move(answer.outcome));
  }

  // --- outcomes ---

  void Answer(size_t index, ConveyorOutcome outcome) {
    {
      const std::lock_guard lock(mutex_);
      SetAnswer(slots_[index], std::move(outcome));
    }
    TakeReady();
  }

  // With mutex_ held.
  void SetAnswer(Slot& slot, ConveyorOutcome outcome) {
    slot.phase = Slot::Phase::kAnswered;
    slot.outcome = std::move(outcome);
    slot.bytes = nullptr;
    changed_.notify_all();
  }

  // Hands over what is answered, as far as everything before it is, too.
  void TakeReady() {
    const std::lock_guard one_at_a_time(take_mutex_);
    while (true) {
      std::unique_lock lock(mutex_);
      const auto first = slots_.begin();
      if (first == slots_.end() || first->first != taken_ ||
          first->second.phase != Slot::Phase::kAnswered) {
        return;
      }
      ConveyorOutcome outcome = std::move(first->second.outcome);
      lock.unlock();
      job_.take(taken_, std::move(outcome));
      lock.lock();
      slots_.erase(first);
      ++taken_;
      changed_.notify_all();
    }
  }

  // --- after a stream ---

  // Puts back what was sent without an answer. What has been sent often enough
  // gets `reason` as its outcome; returns whether there was any.
  bool SendAgain(const absl::Status& reason) {
    bool any_given_up = false;
    {
      const std::lock_guard lock(mutex_);
      for (auto& [index, slot] : slots_) {
        if (slot.phase == Slot::Phase::kAnswered) continue;
        if (slot.attempts > options_.retries) {
          SetAnswer(slot, reason);
          any_given_up = true;
        } else {
          slot.phase = Slot::Phase::kWaiting;
        }
      }
    }
    TakeReady();
    return any_given_up;
  }

  absl::Status FailRest(const absl::Status& reason) {
    {
      const std::lock_guard lock(mutex_);
      for (auto& [index, slot] : slots_) {
        if (slot.phase != Slot::Phase::kAnswered) SetAnswer(slot, reason);
      }
    }
    TakeReady();
    // No threads are left.
    for (; next_ < job_.count; ++next_) {
      job_.take(next_, reason);
      ++taken_;
    }
    return reason;
  }

  const ConveyorJob& job_;
  const ConveyorOptions options_;
  const StopToken stop_;

  // Held while an outcome is taken. Before mutex_.
  std::mutex take_mutex_;
  // Guards everything below.
  std::mutex mutex_;
  std::condition_variable changed_;
  // By index: those begun and not yet taken.
  std::map<size_t, Slot> slots_;
  // The first item never begun.
  size_t next_ = 0;
  // Number of outcomes taken. Written with both mutexes held.
  size_t taken_ = 0;
  bool stream_over_ = false;
  bool writer_done_ = false;
  bool is_writing_ = false;
  bool interrupted_ = false;
  // Whether the present stream answered anything.
  bool has_answer_ = false;
  absl::Time last_progress_;
};

}  // namespace

absl::Status RunConveyor(const ConveyorJob& job, const ConveyorOptions& options,
                         const StopToken& stop) {
  if (job.count == 0) return absl::OkStatus();
  return Conveyor(job, options, stop).Run();
}

}  // namespace sightline::cli
