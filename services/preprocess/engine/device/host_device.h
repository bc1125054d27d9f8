// A device whose kernels run on the processor.
#ifndef SIGHTLINE_SERVICES_PREPROCESS_ENGINE_DEVICE_HOST_DEVICE_H_
#define SIGHTLINE_SERVICES_PREPROCESS_ENGINE_DEVICE_HOST_DEVICE_H_

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "services/preprocess/engine/device/device.h"

namespace sightline::preprocess::device {

// In which order the lanes of a block run through a phase, and blocks through a
// launch: correct kernels give the same bits in each.
enum class LaneOrder { kForwards, kBackwards, kShuffled };

struct HostDeviceOptions {
  LaneOrder order = LaneOrder::kForwards;
  // Of the memory that it pretends to have.
  int64_t total_bytes = int64_t{1} << 30;
};

// The test device, and the reference of what kernels do. As lazy as a real one:
// nothing happens before Wait(). Memory is full of 0xA5 at first, shared memory
// too, and as large as it was asked for to the byte, so that sanitizers see
// what goes beyond.
class HostDevice : public Device {
 public:
  explicit HostDevice(const HostDeviceOptions& options = {});
  ~HostDevice() override;

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
  void Trim() override {}

 private:
  using Work = std::function<void()>;
  struct Memory;

  absl::Status Enqueue(Stream stream, Work work);
  absl::StatusOr<uint8_t*> AllocateIn(std::map<uint8_t*, Memory>& all,
                                      int64_t bytes);
  void RunKernel(const KernelLaunch& launch) const;

  const HostDeviceOptions options_;
  const std::vector<int> lanes_;
  mutable std::mutex mutex_;
  // The following are guarded by mutex_.
  Stream next_stream_ = 0;
  std::map<Stream, std::vector<Work>> streams_;
  std::map<uint8_t*, Memory> device_memory_;
  std::map<uint8_t*, Memory> pinned_memory_;
  int64_t used_bytes_ = 0;
};

}  // namespace sightline::preprocess::device

#endif  // SIGHTLINE_SERVICES_PREPROCESS_ENGINE_DEVICE_HOST_DEVICE_H_
