// Puts pages through a device: an Accelerator.
//
// A DeviceEngine has a few slots, each a stream with memory of its own. The
// thread that asks runs its page itself as long as a slot is idle. When all are
// busy, pages wait in a line, and whoever gets the next slot takes along those
// behind it that go through the same kernels: batches come about only where
// there would be waiting anyhow, and an idle device answers at once.
//
// What may happen, and what becomes of the request:
//
//   more memory than a slot may have   declined (too_large); known beforehand
//   others took the memory             idle slots give theirs back, half of the
//                                      batch is tried once more, then
//                                      out_of_memory for those of the batch
//   no slot within max_delay           busy
//   no answer within hang_deadline     hang; the slot and its memory are given
//                                      up, and no memory is allocated any more,
//                                      for that may wait for what hangs
//   any other failure                  device_failed, and nothing more is asked
//                                      of the device: is_healthy() is false
#ifndef SIGHTLINE_SERVICES_PREPROCESS_ENGINE_DEVICE_DEVICE_ENGINE_H_
#define SIGHTLINE_SERVICES_PREPROCESS_ENGINE_DEVICE_DEVICE_ENGINE_H_

#include <array>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "services/preprocess/engine/accelerator.h"
#include "services/preprocess/engine/device/device.h"
#include "services/preprocess/engine/device/slot.h"

namespace sightline::preprocess::device {

struct DeviceEngineOptions {
  // Batches that run at the same time, 1..16.
  int slots = 3;
  // Of the device's memory and of pinned memory of the host, for all slots
  // together; each may use its share. At least 1 MiB a slot.
  int64_t device_budget_bytes = int64_t{3} << 30;
  int64_t pinned_budget_bytes = int64_t{384} << 20;
  // Most pages of a batch, 1..1024.
  int max_batch = 32;
  // Longest time that a page waits for a slot; above 0.
  absl::Duration max_delay = absl::Milliseconds(100);
  // Longest time that a batch may take; above 0.
  absl::Duration hang_deadline = absl::Seconds(20);
};

// Since the engine was made.
struct DeviceEngineCounters {
  // Pages by what became of them; [kNone]: done by the device.
  std::array<int64_t, kFallbackReasons> pages = {};
  int64_t batches = 0;
  // Of 1, 2, 3..4, 5..8, ... pages; the last one is of all above 512.
  std::array<int64_t, 11> batch_sizes = {};
  // Batches that were tried once more for lack of memory.
  int64_t retries = 0;
  // Time that slots spent on batches, copies included.
  absl::Duration busy;
  // Slots that do not hang; pages that are in one now, and that wait for one.
  int usable_slots = 0;
  int running_pages = 0;
  int waiting_pages = 0;
  bool is_healthy = true;
};

// Thread-safe. Must not be destroyed while TryRun() runs. If a slot hangs, the
// device is kept to the end of the program.
class DeviceEngine : public Accelerator {
 public:
  // Errors: FailedPrecondition PREPROCESS_DEVICE_UNAVAILABLE (no driver, no
  // device, built without CUDA, or it fails at once; the message says which),
  // InvalidArgument PREPROCESS_PARAMETER_INVALID (options).
  static absl::StatusOr<std::unique_ptr<DeviceEngine>> Create(
      std::unique_ptr<Device> device, const DeviceEngineOptions& options = {});
  // The same for the CUDA device with this number, from 0.
  static absl::StatusOr<std::unique_ptr<DeviceEngine>> Open(
      int device, const DeviceEngineOptions& options = {});
  ~DeviceEngine() override;

  absl::StatusOr<FallbackReason> TryRun(const AcceleratorWork& work,
                                        const AcceleratorPage& page,
                                        GrayImage& out,
                                        const StopToken& stop) override;
  const std::string& name() const override { return info_.name; }
  bool is_healthy() const override;

  // As the device was when it was opened.
  const DeviceInfo& info() const { return info_; }
  // As it is now: asks the driver. Errors: those of Device; Unavailable once it
  // has failed or a slot hangs, when asking might never end.
  absl::StatusOr<DeviceInfo> CurrentInfo() const;
  DeviceEngineCounters counters() const;

 private:
  struct Request;
  // Pages that go together, and what becomes of them.
  struct Batch;

  DeviceEngine(std::unique_ptr<Device> device, DeviceInfo info,
               const DeviceEngineOptions& options);
  absl::StatusOr<FallbackReason> RunOrWait(const DeviceJob& job, GrayImage& out,
                                           const StopToken& stop);
  void TakeBatch(Request& first, Batch& batch);
  // Passes the slot on in the end. Throws nothing: others wait for it.
  void RunBatch(Slot& slot, Batch& batch);
  // False: the slot hangs.
  bool RunPart(Slot& slot, absl::Span<SlotJob> jobs, FallbackReason& reason);
  void FreeIdleMemory(Slot& slot);
  void PassOn(Slot* slot);
  void DeclineAll(FallbackReason reason);
  FallbackReason Count(FallbackReason reason);

  const DeviceEngineOptions options_;
  const BatchBytes share_;
  std::unique_ptr<Device> device_;
  const DeviceInfo info_;

  mutable std::mutex mutex_;
  // The following are guarded by mutex_.
  std::vector<std::unique_ptr<Slot>> slots_;
  // The last one is the one used last: its memory is there already.
  std::vector<Slot*> idle_;
  std::deque<Request*> line_;
  bool has_failed_ = false;
  bool has_hung_ = false;
  DeviceEngineCounters counters_;
};

}  // namespace sightline::preprocess::device

#endif  // SIGHTLINE_SERVICES_PREPROCESS_ENGINE_DEVICE_DEVICE_ENGINE_H_
