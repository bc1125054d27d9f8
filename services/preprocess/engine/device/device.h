// A graphics device, as far as the engine needs one: memory, streams, copies,
// kernels.
//
// Three of them: HostDevice runs the kernels on the processor (tests, and a
// reference that needs no hardware), FaultyDevice makes any other fail in the
// ways that devices fail, and cuda_device.h opens a real one.
#ifndef SIGHTLINE_SERVICES_PREPROCESS_ENGINE_DEVICE_DEVICE_H_
#define SIGHTLINE_SERVICES_PREPROCESS_ENGINE_DEVICE_DEVICE_H_

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "services/preprocess/engine/device/kernel_pages.h"

namespace sightline::preprocess::device {

struct DeviceInfo {
  // As reports name it: "cuda:0".
  std::string name;
  // On the PCI bus, "0000:3b:00.0"; empty where it is on none.
  std::string bus_id;
  // "NVIDIA H200".
  std::string model;
  // Of the driver, "13.0"; empty where there is none.
  std::string driver_version;
  // Of the device, all programs together.
  int64_t total_bytes = 0;
  int64_t free_bytes = 0;
};

// A kernel over the pages of a batch.
struct KernelLaunch {
  // KernelPage::index() of the pages.
  int kernel = 0;
  // In the device's memory; an array of the kernel's page type.
  const void* pages = nullptr;
  int page_count = 0;
  // Of all pages together.
  int blocks = 0;
  // As many as the page that needs most, at most kMaxSharedBytes.
  int shared_bytes = 0;
};

// Work that is done in the order in which it was given.
using Stream = int;

// Contract:
// 1. Thread-safe, but for one stream at a time only one thread calls.
// 2. Upload(), Clear(), Launch() and Download() only enqueue: what they point
//    to on the host must be pinned, and stay as it is until Wait() says OK.
// 3. Failures have one of these codes, whoever fails:
//    ResourceExhausted  memory; nothing happened, the device is as before.
//    DeadlineExceeded   only Wait(): the stream is still busy. Whatever was
//                       given to it may still read and write its memory, so
//                       memory and stream are lost until the program ends.
//    Unavailable        there is no driver or no device.
//    Internal           anything else, once and for all: the device answers
//                       nothing more in this process.
// 4. A failure may come late: that of a kernel may be reported by any later
//    call, at the latest by Wait().
// 5. Allocating and freeing may wait for what other streams do: for ever, if
//    one hangs.
class Device {
 public:
  virtual ~Device() = default;

  virtual absl::StatusOr<DeviceInfo> Info() const = 0;

  virtual absl::StatusOr<Stream> OpenStream() = 0;
  // Of a stream that Wait() said OK of, or that got nothing to do.
  virtual void CloseStream(Stream stream) = 0;

  // Memory of the device, undefined, aligned to 256 bytes; for use in this
  // stream.
  virtual absl::StatusOr<uint8_t*> Allocate(Stream stream, int64_t bytes) = 0;
  virtual void Free(Stream stream, uint8_t* memory) = 0;
  // Memory of the host that the device can read and write.
  virtual absl::StatusOr<uint8_t*> AllocatePinned(int64_t bytes) = 0;
  virtual void FreePinned(uint8_t* memory) = 0;

  // From pinned to device memory, and back.
  virtual absl::Status Upload(Stream stream, uint8_t* to, const uint8_t* from,
                              int64_t bytes) = 0;
  virtual absl::Status Download(Stream stream, uint8_t* to, const uint8_t* from,
                                int64_t bytes) = 0;
  // Zeroes device memory.
  virtual absl::Status Clear(Stream stream, uint8_t* memory, int64_t bytes) = 0;
  virtual absl::Status Launch(Stream stream, const KernelLaunch& launch) = 0;
  // Until all of the stream's work is done, but not longer than `timeout`.
  virtual absl::Status Wait(Stream stream, absl::Duration timeout) = 0;

  // Gives memory back that was freed but kept for later.
  virtual void Trim() = 0;
};

}  // namespace sightline::preprocess::device

#endif  // SIGHTLINE_SERVICES_PREPROCESS_ENGINE_DEVICE_DEVICE_H_
