// A device that fails on demand.
#ifndef SIGHTLINE_SERVICES_PREPROCESS_ENGINE_DEVICE_FAULTY_DEVICE_H_
#define SIGHTLINE_SERVICES_PREPROCESS_ENGINE_DEVICE_FAULTY_DEVICE_H_

#include <atomic>
#include <cstdint>
#include <limits>
#include <memory>
#include <mutex>
#include <set>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "services/preprocess/engine/device/device.h"

namespace sightline::preprocess::device {

// Which calls of a kind fail: numbers first .. first + count - 1, from 0.
struct FaultRange {
  int first = 0;
  int count = 0;
  static FaultRange From(int first) {
    return {first, std::numeric_limits<int>::max() - first};
  }
};

struct FaultPlan {
  // Info() and OpenStream() say Unavailable.
  bool is_absent = false;
  // Allocate(), AllocatePinned(): ResourceExhausted.
  FaultRange no_memory = {};
  FaultRange no_pinned_memory = {};
  // Launch(): Internal, and from then on whatever is called.
  FaultRange broken_launches = {};
  // Wait(): the same.
  FaultRange broken_waits = {};
  // Wait(): takes its whole timeout and says DeadlineExceeded. What the stream
  // was to do is done after that, behind everybody's back.
  FaultRange hanging_waits = {};
  // Every Wait() takes so long.
  absl::Duration slowness = absl::ZeroDuration();
};

// Passes calls on to another device unless the plan says otherwise.
// Thread-safe.
class FaultyDevice : public Device {
 public:
  FaultyDevice(std::unique_ptr<Device> device, const FaultPlan& plan)
      : device_(std::move(device)), plan_(plan) {}

  absl::StatusOr<DeviceInfo> Info() const override;
  absl::StatusOr<Stream> OpenStream() override;
  void CloseStream(Stream stream) override;
  absl::StatusOr<uint8_t*> Allocate(Stream stream, int64_t bytes) override;
  void Free(Stream stream, uint8_t* memory) override;
  absl::StatusOr<uint8_t*> AllocatePinned(int64_t bytes) override;
  void FreePinned(uint8_t* memory) override;
  absl::Status Upload(Stream stream, uint8_t* to, const uint8_t* from,
                      int64_t bytes) override;
  absl::Status Download(Stream stream, uint8_t* to, const uint8_t* from,
                        int64_t bytes) override;
  absl::Status Clear(Stream stream, uint8_t* memory, int64_t bytes) override;
  absl::Status Launch(Stream stream, const KernelLaunch& launch) override;
  absl::Status Wait(Stream stream, absl::Duration timeout) override;
  void Trim() override;

  // Calls that touched a stream after its Wait() had said DeadlineExceeded.
  int calls_to_hanging_streams() const { return calls_to_hanging_; }
  int trims() const { return trims_; }
  // Calls of Wait() that have begun.
  int waits() const { return waits_; }

 private:
  absl::Status Check(Stream stream) const;

  const std::unique_ptr<Device> device_;
  const FaultPlan plan_;
  std::atomic<int> allocations_ = 0;
  std::atomic<int> pinned_allocations_ = 0;
  std::atomic<int> launches_ = 0;
  std::atomic<int> waits_ = 0;
  std::atomic<int> trims_ = 0;
  std::atomic<bool> is_broken_ = false;
  mutable std::atomic<int> calls_to_hanging_ = 0;
  mutable std::mutex mutex_;
  std::set<Stream> hanging_;  // Guarded by mutex_.
};

}  // namespace sightline::preprocess::device

#endif  // SIGHTLINE_SERVICES_PREPROCESS_ENGINE_DEVICE_FAULTY_DEVICE_H_
