#include "common/server/conveyor_reactor.h"

#include <utility>

#include "absl/time/clock.h"
#include "common/server/conveyor_protocol.h"
#include "common/server/guarded.h"
#include "common/server/reasons.h"
#include "common/status/error.h"

namespace sightline {

struct ConveyorReactor::Item : IncomingItem {
  absl::Time arrival = absl::Now();
  Lease lease;
  // Set when the item cannot be computed: its bytes are read and dropped.
  bool is_dropped = false;
  // Why it is answered with an error without being computed.
  absl::Status refusal;
  // Holds the answer's memory until it is written.
  std::unique_ptr<Call> call;
  grpc::ByteBuffer answer;
};

ConveyorReactor::ConveyorReactor(Runtime& runtime, ServicePool& pool,
                                 std::string method,
                                 std::unique_ptr<ConveyorCodec> codec,
                                 grpc::CallbackServerContext* context)
    : CallReactor(runtime, pool, std::move(method), context),
      codec_(std::move(codec)),
      // One computing and one waiting per thread keeps every thread busy.
      max_items_inside_(2 * static_cast<size_t>(pool.executor.threads())) {}

void ConveyorReactor::Begin() {
  // Settings may be as large as a unary request.
  const int64_t most = 2 * runtime().options.max_message_bytes;
  auto self = std::static_pointer_cast<ConveyorReactor>(shared_from_this());
  pool().body.Acquire(most, stop_token(), [self](absl::StatusOr<Lease> lease) {
    if (!lease.ok()) {
      self->FinishOnce(lease.status());
      return;
    }
    std::lock_guard<std::mutex> lock(self->mutex_);
    self->settings_lease_ = *std::move(lease);
    self->ReadMoreLocked();
  });
}

void ConveyorReactor::ReadMoreLocked() {
  if (reading_ || state_ == State::kClosed) return;
  // Between items: wait until there is room for one more.
  if (state_ == State::kHeader && inside_.size() >= max_items_inside_) return;
  if (state_ == State::kOpening || state_ == State::kLease) return;
  reading_ = true;
  ReadNext(&incoming_);
}

void ConveyorReactor::OnReadDone(bool ok) {
  ReadArrived();
  {
    std::lock_guard<std::mutex> lock(mutex_);
    reading_ = false;
    if (state_ == State::kClosed) {
      // Closed while a read was under way: what came is not wanted.
    } else if (!ok) {
      if (current_ != nullptr && !current_->is_dropped) {
        AnswerErrorLocked(current_, TruncatedError(*current_));
      }
      current_ = nullptr;
      CloseLocked(state_ == State::kSettings
                      ? ProtocolError("the stream ended before its settings")
                      : absl::OkStatus());
    } else {
      const auto wire_bytes = static_cast<int64_t>(incoming_.Length());
      if (state_ == State::kSettings) settings_wire_bytes_ = wire_bytes;
      absl::StatusOr<ConveyorPart> part = codec_->Parse(incoming_);
      if (!part.ok()) {
        CloseLocked(part.status());
      } else {
        TakePartLocked(*std::move(part));
      }
      ReadMoreLocked();
    }
  }
  FinishIfReady();
}

void ConveyorReactor::TakePartLocked(ConveyorPart part) {
  using Kind = ConveyorPart::Kind;
  if (const absl::Status breach =
          CheckOrder(part, state_ != State::kSettings, current_.get());
      !breach.ok()) {
    CloseLocked(breach);
  } else if (part.kind == Kind::kSettings) {
    TakeSettingsLocked();
  } else if (part.kind == Kind::kItem) {
    TakeHeaderLocked(std::move(part.item));
  } else {
    TakeChunkLocked(part.chunk);
  }
}

void ConveyorReactor::TakeSettingsLocked() {
  // The settings stay as long as the stream.
  absl::StatusOr<Lease> lease = TakeSession(2 * settings_wire_bytes_);
  if (!lease.ok()) {
    CloseLocked(lease.status());
    return;
  }
  session_lease_ = *std::move(lease);
  state_ = State::kOpening;
  ++computing_;
  auto self = std::static_pointer_cast<ConveyorReactor>(shared_from_this());
  const absl::Status queued = pool().executor.Submit(
      [self](absl::Status admitted) { self->Open(std::move(admitted)); });
  if (!queued.ok()) {
    --computing_;
    CloseLocked(queued);
  }
}

void ConveyorReactor::TakeHeaderLocked(common::v1::ItemHeader header) {
  if (const absl::Status breach = CheckHeader(header, inside_); !breach.ok()) {
    CloseLocked(breach);
    return;
  }
  current_ = std::make_shared<Item>();
  current_->content.header = std::move(header);
  inside_.insert(current_->content.header.id());
  const int64_t bytes = current_->content.header.byte_size();
  state_ = State::kBody;
  if (const absl::Status too_large =
          CheckItemSize(bytes, runtime().options.max_item_bytes);
      !too_large.ok()) {
    current_->is_dropped = true;
    AnswerErrorLocked(current_, too_large);
    return;
  }
  state_ = State::kLease;
  auto self = std::static_pointer_cast<ConveyorReactor>(shared_from_this());
  const auto item = current_;
  // Flow control holds the client back meanwhile, so there is no hurry. The
  // answer may come at once, under our lock: hand it to the timer's thread
  // then, so that there is one path only.
  pool().body.Acquire(
      bytes, stop_token(),
      [self, item](absl::StatusOr<Lease> lease) {
        auto shared = std::make_shared<absl::StatusOr<Lease>>(std::move(lease));
        self->runtime().timer->At(absl::InfinitePast(), [self, item, shared] {
          self->LeaseArrived(item, std::move(*shared));
        });
      },
      absl::InfiniteDuration());
}

void ConveyorReactor::LeaseArrived(const std::shared_ptr<Item>& item,
                                   absl::StatusOr<Lease> lease) {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    if (state_ != State::kLease || current_ != item) return;
    state_ = State::kBody;
    if (lease.ok()) {
      item->lease = *std::move(lease);
      item->content.bytes.reserve(
          static_cast<size_t>(item->content.header.byte_size()));
    } else if (!stop_token().Poll().ok()) {
      CloseLocked(StopReason());
    } else {
      item->is_dropped = true;
      AnswerErrorLocked(item, lease.status());
    }
    ReadMoreLocked();
  }
  FinishIfReady();
}

void ConveyorReactor::TakeChunkLocked(const std::string& chunk) {
  const auto size = static_cast<int64_t>(chunk.size());
  if (const absl::Status breach = CheckChunk(*current_, size); !breach.ok()) {
    CloseLocked(breach);
    return;
  }
  current_->received_bytes += size;
  if (!current_->is_dropped) current_->content.bytes.append(chunk);
  if (current_->received_bytes == current_->content.header.byte_size()) {
    CompleteItemLocked();
  }
}

void ConveyorReactor::CompleteItemLocked() {
  const auto item = std::move(current_);
  current_ = nullptr;
  state_ = State::kHeader;
  if (item->is_dropped) return;
  if (MustWaitLocked()) {
    waiting_.push_back(item);
  } else {
    SubmitLocked(item);
  }
}

bool ConveyorReactor::MustWaitLocked() const {
  return codec_->order() == ConveyorOrder::kAsTheyCame && computing_ > 0;
}

void ConveyorReactor::BeginNextLocked() {
  while (!waiting_.empty() && computing_ == 0) {
    const auto item = std::move(waiting_.front());
    waiting_.pop_front();
    if (item->refusal.ok()) {
      SubmitLocked(item);
    } else {
      QueueAnswerLocked(item, item->refusal);
    }
  }
}

void ConveyorReactor::SubmitLocked(const std::shared_ptr<Item>& item) {
  ++computing_;
  auto self = std::static_pointer_cast<ConveyorReactor>(shared_from_this());
  const absl::Status queued =
      pool().executor.Submit([self, item](absl::Status admitted) {
        self->Process(item, std::move(admitted));
      });
  if (!queued.ok()) {
    --computing_;
    QueueAnswerLocked(item, queued);
  }
}

void ConveyorReactor::Open(absl::Status admitted) {
  if (admitted.ok()) admitted = stop_token().Poll();
  if (admitted.ok()) {
    Call call(method(), stop_token(), arrival(), Lease(), &pool().work,
              runtime().metrics);
    admitted = Guarded([&]() -> absl::StatusOr<grpc::ByteBuffer> {
                 SL_RETURN_IF_ERROR(codec_->Open(call));
                 return grpc::ByteBuffer();
               }).status();
    SetQueued(call.queued());
  }
  {
    std::lock_guard<std::mutex> lock(mutex_);
    --computing_;
    settings_lease_.Release();
    if (state_ == State::kOpening) {
      state_ = State::kHeader;
      if (!admitted.ok()) CloseLocked(admitted);
      ReadMoreLocked();
    }
  }
  FinishIfReady();
}

void ConveyorReactor::Process(const std::shared_ptr<Item>& item,
                              absl::Status admitted) {
  if (admitted.ok()) admitted = stop_token().Poll();
  absl::StatusOr<grpc::ByteBuffer> answer = grpc::ByteBuffer();
  if (!admitted.ok()) {
    answer = std::move(admitted);
  } else {
    item->call = std::make_unique<Call>(method(), stop_token(), item->arrival,
                                        std::move(item->lease), &pool().work,
                                        runtime().metrics);
    answer =
        Guarded([&] { return codec_->Process(*item->call, item->content); });
    item->call->FinishStages();
  }
  std::string().swap(item->content.bytes);
  {
    std::lock_guard<std::mutex> lock(mutex_);
    --computing_;
    QueueAnswerLocked(item, std::move(answer));
    BeginNextLocked();
  }
  FinishIfReady();
}

void ConveyorReactor::AnswerErrorLocked(const std::shared_ptr<Item>& item,
                                        const absl::Status& error) {
  if (MustWaitLocked()) {
    item->refusal = error;
    waiting_.push_back(item);
  } else {
    QueueAnswerLocked(item, error);
  }
}

void ConveyorReactor::QueueAnswerLocked(
    const std::shared_ptr<Item>& item,
    absl::StatusOr<grpc::ByteBuffer> answer) {
  if (!answer.ok()) {
    answer = codec_->ErrorAnswer(item->content.header.id(), answer.status());
  }
  item->lease.Release();
  if (item->call != nullptr) {
    item->call->ShrinkBody(0);
    item->call->ShrinkReservation(
        answer.ok() ? static_cast<int64_t>(answer->Length()) : 0);
  }
  if (broken_ || !answer.ok()) {
    inside_.erase(item->content.header.id());
    ReadMoreLocked();
    return;
  }
  item->answer = *std::move(answer);
  answers_.push_back(item);
  WriteNextLocked();
}

void ConveyorReactor::WriteNextLocked() {
  if (writing_ || answers_.empty() || finished()) return;
  writing_ = true;
  StartWrite(&answers_.front()->answer);
}

void ConveyorReactor::OnWriteDone(bool ok) {
  std::shared_ptr<Item> written;  // Destroyed unlocked.
  {
    std::lock_guard<std::mutex> lock(mutex_);
    writing_ = false;
    written = std::move(answers_.front());
    answers_.pop_front();
    inside_.erase(written->content.header.id());
    if (!ok) {
      broken_ = true;
      answers_.clear();
      inside_.clear();
      CloseLocked(StopReason());
    }
    WriteNextLocked();
    ReadMoreLocked();
  }
  FinishIfReady();
}

void ConveyorReactor::CloseLocked(absl::Status status) {
  if (state_ == State::kClosed) return;
  state_ = State::kClosed;
  if (current_ != nullptr) {
    inside_.erase(current_->content.header.id());
    current_ = nullptr;
  }
  final_status_ = std::move(status);
}

void ConveyorReactor::OnCancel() {
  CallReactor::OnCancel();
  {
    std::lock_guard<std::mutex> lock(mutex_);
    CloseLocked(StopReason());
    broken_ = true;
  }
  FinishIfReady();
}

void ConveyorReactor::OnDrain() {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    CloseLocked(
        Error(absl::StatusCode::kUnavailable, kDraining)
            .Message("the server is shutting down; items it had taken are "
                     "answered, send the others to another one")
            .RetryAfter(absl::Seconds(1)));
  }
  FinishIfReady();
}

void ConveyorReactor::OnReadTimeout() {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    // A client that waits for its answers may be silent.
    if (state_ == State::kHeader && (computing_ > 0 || !answers_.empty())) {
      ArmReadTimer();
      return;
    }
    CloseLocked(ReadTimeoutError());
  }
  FinishIfReady();
}

bool ConveyorReactor::ReadyToFinishLocked() const {
  return state_ == State::kClosed && computing_ == 0 && !writing_ &&
         (answers_.empty() || broken_);
}

void ConveyorReactor::FinishIfReady() {
  absl::Status status;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    if (!ReadyToFinishLocked()) return;
    status = final_status_;
  }
  FinishOnce(status);
}

}  // namespace sightline
