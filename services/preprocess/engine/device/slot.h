// A stream with the memory that batches on it use, and how a batch runs.
#ifndef SIGHTLINE_SERVICES_PREPROCESS_ENGINE_DEVICE_SLOT_H_
#define SIGHTLINE_SERVICES_PREPROCESS_ENGINE_DEVICE_SLOT_H_

#include <cstdint>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "services/preprocess/engine/device/device.h"
#include "services/preprocess/engine/device/device_job.h"

namespace sightline::preprocess::device {

// What a batch does and where its results go.
struct SlotJob {
  const DeviceJob* job = nullptr;
  GrayImage* out = nullptr;
  // Set by Run(): `out` has the result.
  bool is_done = false;
};

// Exact bytes of a batch of such jobs: the sum over its jobs.
struct BatchBytes {
  int64_t device = 0;
  int64_t pinned = 0;
  void Add(const DeviceJob& job) {
    device += job.bytes().device() + job.description_bytes();
    pinned += job.bytes().pinned() + job.description_bytes();
  }
  bool FitsIn(const BatchBytes& most) const {
    return device <= most.device && pinned <= most.pinned;
  }
};

// Used by one thread at a time; outlived by `device`.
class Slot {
 public:
  Slot(Device& device, Stream stream) : device_(device), stream_(stream) {}
  // Gives back nothing: Close() or, after a hang, nobody does.
  ~Slot() = default;
  Slot(const Slot&) = delete;
  Slot& operator=(const Slot&) = delete;

  // Whether Run() of such a batch would allocate nothing.
  bool Holds(const BatchBytes& bytes) const { return bytes.FitsIn(size_); }

  // Runs jobs with equal kernels as one batch. Errors: those of Device, after
  // which nothing is in `jobs[..].out`; after ResourceExhausted the stream is
  // idle again. Allocates what Holds() says it lacks. Throws std::bad_alloc
  // only before it has given anything to the device.
  absl::Status Run(absl::Span<SlotJob> jobs, absl::Duration timeout);

  // Frees its memory; Run() allocates anew. Only while the stream is idle.
  void Release();
  // The same, and gives the stream back.
  void Close();

 private:
  absl::Status Reserve(const BatchBytes& bytes);
  absl::Status Enqueue(absl::Span<SlotJob> jobs, absl::Span<JobPlan> plans);

  Device& device_;
  const Stream stream_;
  BatchBytes size_;
  uint8_t* arena_ = nullptr;
  uint8_t* pinned_ = nullptr;
};

}  // namespace sightline::preprocess::device

#endif  // SIGHTLINE_SERVICES_PREPROCESS_ENGINE_DEVICE_SLOT_H_
