// The graphics device of this server, if it has one, and why not otherwise.
//
// Having none is no failure: the processor answers, with the same bits.
#ifndef SIGHTLINE_SERVICES_PREPROCESS_GRAPHICS_DEVICE_H_
#define SIGHTLINE_SERVICES_PREPROCESS_GRAPHICS_DEVICE_H_

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/preprocess/device_figures.h"
#include "services/preprocess/engine/accelerator.h"
#include "services/preprocess/engine/device/device_engine.h"
#include "sightline/preprocess/v1/preprocess.pb.h"

namespace sightline::preprocess {

struct GraphicsDeviceOptions {
  enum class Use {
    // If there is one.
    kAuto,
    // Never.
    kOff,
    // The server does not start without.
    kRequired,
  };
  Use use = Use::kAuto;
  // Of CUDA, from 0.
  int number = 0;
  device::DeviceEngineOptions engine;

  // From the flags --gpu, --gpu_number, --gpu_slots, --gpu_memory_budget,
  // --gpu_pinned_memory, --gpu_max_batch, --gpu_max_delay, --gpu_hang_deadline.
  // Errors: InvalidArgument BAD_CONFIGURATION.
  static absl::StatusOr<GraphicsDeviceOptions> FromFlags();
};

// Thread-safe.
class GraphicsDevice {
 public:
  // None at all.
  GraphicsDevice() : absence_("turned off (--gpu=off)") {}
  // Errors: FailedPrecondition PREPROCESS_DEVICE_UNAVAILABLE if one is required
  // and there is none.
  static absl::StatusOr<GraphicsDevice> Open(
      const GraphicsDeviceOptions& options);
  // One that is open already.
  GraphicsDevice(std::unique_ptr<device::DeviceEngine> engine,
                 int64_t memory_budget_bytes);

  // Null if there is none.
  Accelerator* accelerator() const { return engine_.get(); }
  // Null if there is none.
  const device::DeviceEngine* engine() const { return engine_.get(); }
  // Why there is none; empty if there is one.
  const std::string& absence() const { return absence_; }
  // Memory of the host that it keeps: what the server must set aside.
  int64_t host_bytes() const { return host_bytes_; }

  // OK unless there is one and it has failed for good: another process might
  // do better.
  absl::Status Readiness() const;

  // As GetCapabilities tells it, with what it does now. There is one.
  v1::ComputeDevice Describe() const;

 private:
  std::string absence_;
  std::unique_ptr<device::DeviceEngine> engine_;
  // Null where NVML is not there.
  std::unique_ptr<DeviceFigureSource> figures_;
  int64_t memory_budget_bytes_ = 0;
  int64_t host_bytes_ = 0;
};

}  // namespace sightline::preprocess

#endif  // SIGHTLINE_SERVICES_PREPROCESS_GRAPHICS_DEVICE_H_
