#include "services/preprocess/graphics_device.h"

#include <utility>

#include "absl/flags/flag.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "absl/time/time.h"
#include "common/observe/log.h"
#include "common/server/byte_size.h"
#include "common/server/flag_range.h"
#include "common/server/reasons.h"
#include "common/status/error.h"
#include "common/status/status_macros.h"

ABSL_FLAG(std::string, gpu, "auto",
          "Whether a graphics device computes: auto (if there is one), off, "
          "required (the server does not start without).");
ABSL_FLAG(int, gpu_number, 0, "Which graphics device, as CUDA counts them.");
ABSL_FLAG(int, gpu_slots, 3,
          "Batches that the graphics device has at the same time.");
ABSL_FLAG(sightline::ByteSize, gpu_memory_budget,
          sightline::ByteSize{int64_t{3} << 30},
          "Most of the graphics device's memory that pages may take.");
ABSL_FLAG(sightline::ByteSize, gpu_pinned_memory,
          sightline::ByteSize{int64_t{384} << 20},
          "Memory of this machine that pages pass through on their way to the "
          "graphics device; set aside from the calls' memory.");
ABSL_FLAG(int, gpu_max_batch, 32,
          "Most pages that the graphics device takes at once. Pages are put "
          "together only while all slots are busy.");
ABSL_FLAG(absl::Duration, gpu_max_delay, absl::Milliseconds(100),
          "Longest time that a page waits for the graphics device before the "
          "processor does it.");
ABSL_FLAG(absl::Duration, gpu_hang_deadline, absl::Seconds(20),
          "A graphics device that takes longer hangs; the processor does what "
          "it was to do.");

namespace sightline::preprocess {
namespace {

// Comes with the driver.
constexpr char kNvml[] = "libnvidia-ml.so.1";

absl::Status BadFlag(absl::string_view message) {
  return Error(absl::StatusCode::kInvalidArgument, kBadConfiguration)
      .Message(message);
}

}  // namespace

absl::StatusOr<GraphicsDeviceOptions> GraphicsDeviceOptions::FromFlags() {
  GraphicsDeviceOptions options;
  const std::string use = absl::GetFlag(FLAGS_gpu);
  if (use == "off") {
    options.use = Use::kOff;
  } else if (use == "required") {
    options.use = Use::kRequired;
  } else if (use != "auto") {
    return BadFlag(
        absl::StrCat("--gpu is '", use, "'; auto, off and required are known"));
  }
  options.number = absl::GetFlag(FLAGS_gpu_number);
  options.engine.slots = absl::GetFlag(FLAGS_gpu_slots);
  options.engine.device_budget_bytes =
      absl::GetFlag(FLAGS_gpu_memory_budget).bytes;
  options.engine.pinned_budget_bytes =
      absl::GetFlag(FLAGS_gpu_pinned_memory).bytes;
  options.engine.max_batch = absl::GetFlag(FLAGS_gpu_max_batch);
  options.engine.max_delay = absl::GetFlag(FLAGS_gpu_max_delay);
  options.engine.hang_deadline = absl::GetFlag(FLAGS_gpu_hang_deadline);
  SL_RETURN_IF_ERROR(CheckFlagRange("gpu_number", options.number, 0, 63));
  SL_RETURN_IF_ERROR(CheckFlagRange("gpu_slots", options.engine.slots, 1, 16));
  SL_RETURN_IF_ERROR(
      CheckFlagRange("gpu_max_batch", options.engine.max_batch, 1, 1024));
  const int64_t least = int64_t{options.engine.slots} << 20;
  SL_RETURN_IF_ERROR(CheckFlagRange("gpu_memory_budget",
                                    options.engine.device_budget_bytes, least,
                                    int64_t{1} << 50));
  SL_RETURN_IF_ERROR(CheckFlagRange("gpu_pinned_memory",
                                    options.engine.pinned_budget_bytes, least,
                                    int64_t{1} << 50));
  if (options.engine.max_delay <= absl::ZeroDuration() ||
      options.engine.hang_deadline <= absl::ZeroDuration()) {
    return BadFlag("--gpu_max_delay and --gpu_hang_deadline must be above 0");
  }
  return options;
}

absl::StatusOr<GraphicsDevice> GraphicsDevice::Open(
    const GraphicsDeviceOptions& options) {
  GraphicsDevice none;
  if (options.use == GraphicsDeviceOptions::Use::kOff) return none;
  absl::StatusOr<std::unique_ptr<device::DeviceEngine>> engine =
      device::DeviceEngine::Open(options.number, options.engine);
  if (!engine.ok()) {
    if (options.use == GraphicsDeviceOptions::Use::kRequired) {
      return engine.status();
    }
    // Who asks for the reason knows that there is none.
    none.absence_ = std::string(
        absl::StripPrefix(engine.status().message(), "no graphics device: "));
    Log(Severity::kInfo, "no graphics device: the processor computes",
        {{"reason", none.absence_}});
    return none;
  }
  GraphicsDevice opened(*std::move(engine), options.engine.device_budget_bytes);
  opened.host_bytes_ = options.engine.pinned_budget_bytes;
  const device::DeviceInfo& info = opened.engine_->info();
  absl::StatusOr<std::unique_ptr<DeviceFigureSource>> figures =
      DeviceFigureSource::Open(kNvml, info.bus_id);
  if (figures.ok()) opened.figures_ = *std::move(figures);
  Log(Severity::kInfo, "a graphics device computes",
      {{"device", info.name},
       {"model", info.model},
       {"driver", info.driver_version},
       {"figures",
        std::string(figures.ok() ? "NVML" : figures.status().message())}});
  return opened;
}

GraphicsDevice::GraphicsDevice(std::unique_ptr<device::DeviceEngine> engine,
                               int64_t memory_budget_bytes)
    : engine_(std::move(engine)), memory_budget_bytes_(memory_budget_bytes) {}

absl::Status GraphicsDevice::Readiness() const {
  if (engine_ == nullptr || engine_->is_healthy()) return absl::OkStatus();
  return absl::UnavailableError(absl::StrCat(
      engine_->name(), " failed for good; the processor answers in its place"));
}

v1::ComputeDevice GraphicsDevice::Describe() const {
  // Memory as it is now; a device that does not answer keeps what it had.
  const device::DeviceInfo info =
      engine_->CurrentInfo().value_or(engine_->info());
  const device::DeviceEngineCounters counters = engine_->counters();
  v1::ComputeDevice out;
  out.set_id(info.name);
  out.set_name(info.model);
  out.set_healthy(engine_->is_healthy());
  out.set_problem(std::string(Readiness().message()));
  out.set_driver_version(info.driver_version);
  out.set_memory_bytes(info.total_bytes);
  out.set_free_memory_bytes(info.free_bytes);
  out.set_memory_budget_bytes(memory_budget_bytes_);
  out.set_active_requests(counters.running_pages);
  out.set_queued_requests(counters.waiting_pages);
  if (figures_ != nullptr) {
    const DeviceFigures figures = figures_->Read();
    if (figures.utilization_percent) {
      out.set_utilization_percent(*figures.utilization_percent);
    }
    if (figures.temperature_celsius) {
      out.set_temperature_celsius(*figures.temperature_celsius);
    }
  }
  return out;
}

}  // namespace sightline::preprocess
