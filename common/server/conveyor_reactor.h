// A conveyor stream: items in, answers out, bounded at every point.
//
//   - Nothing of an item is read before the memory for all of it is leased.
//   - At most a few items are inside at once: being read, computed or written.
//     A client that does not read its answers is not read from either.
//   - Items are computed in parallel, and answers go out as they are ready; or,
//     if the method wants it, one after another in the order they came.
//   - A bad item is answered with its status; its bytes are read and dropped.
//   - A breach of the protocol ends the stream, after the items that came
//     before it have been answered.
#ifndef SIGHTLINE_COMMON_SERVER_CONVEYOR_REACTOR_H_
#define SIGHTLINE_COMMON_SERVER_CONVEYOR_REACTOR_H_

#include <deque>
#include <memory>
#include <mutex>
#include <set>
#include <string>

#include "common/server/call_reactor.h"
#include "common/server/conveyor.h"

namespace sightline {

class ConveyorReactor final : public CallReactor {
 public:
  ConveyorReactor(Runtime& runtime, ServicePool& pool, std::string method,
                  std::unique_ptr<ConveyorCodec> codec,
                  grpc::CallbackServerContext* context);

  void OnReadDone(bool ok) override;
  void OnWriteDone(bool ok) override;
  void OnCancel() override;
  void OnDrain() override;

 private:
  // One item from its header to its answer.
  struct Item;
  enum class State {
    kSettings,  // The first message is awaited.
    kOpening,   // The settings are being looked at.
    kHeader,    // An item, or the end, is awaited.
    kLease,     // An item waits for memory.
    kBody,      // An item's chunks are awaited.
    kClosed,    // Nothing more is read.
  };

  void Begin() override;
  void OnReadTimeout() override;

  // Each of these is called with mutex_ held.
  void ReadMoreLocked();
  void TakePartLocked(ConveyorPart part);
  void TakeSettingsLocked();
  void TakeHeaderLocked(common::v1::ItemHeader header);
  void TakeChunkLocked(const std::string& chunk);
  void CompleteItemLocked();
  // Hands a complete item to the executor.
  void SubmitLocked(const std::shared_ptr<Item>& item);
  // Begins the items that wait for the one before them.
  void BeginNextLocked();
  bool MustWaitLocked() const;
  // Reads nothing more; ends with `status` once all items are answered.
  void CloseLocked(absl::Status status);
  // `item`'s answer is `error`.
  void AnswerErrorLocked(const std::shared_ptr<Item>& item,
                         const absl::Status& error);
  void QueueAnswerLocked(const std::shared_ptr<Item>& item,
                         absl::StatusOr<grpc::ByteBuffer> answer);
  void WriteNextLocked();
  // What is to be done once mutex_ is released: finishing may run callbacks.
  bool ReadyToFinishLocked() const;

  void Open(absl::Status admitted);
  void LeaseArrived(const std::shared_ptr<Item>& item,
                    absl::StatusOr<Lease> lease);
  void Process(const std::shared_ptr<Item>& item, absl::Status admitted);
  void FinishIfReady();

  const std::unique_ptr<ConveyorCodec> codec_;
  const size_t max_items_inside_;

  std::mutex mutex_;
  // All guarded by mutex_.
  State state_ = State::kSettings;
  Lease settings_lease_;  // Of the pool for requests, while opening.
  Lease session_lease_;   // Of the pool for streams, to the end.
  int64_t settings_wire_bytes_ = 0;
  grpc::ByteBuffer incoming_;
  bool reading_ = false;
  std::shared_ptr<Item> current_;  // Being read.
  std::set<std::string> inside_;   // Ids of items not answered yet.
  int computing_ = 0;              // Items at or before the executor.
  // In order only: they wait for the one that is being computed.
  std::deque<std::shared_ptr<Item>> waiting_;
  std::deque<std::shared_ptr<Item>> answers_;  // To be written, in order.
  bool writing_ = false;
  bool broken_ = false;  // The client is gone: answers are dropped.
  absl::Status final_status_;
};

}  // namespace sightline

#endif  // SIGHTLINE_COMMON_SERVER_CONVEYOR_REACTOR_H_
