#include "services/preprocess/engine/device/device_engine.h"

#include <algorithm>
#include <condition_variable>
#include <new>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/status/error.h"
#include "common/status/status_macros.h"
#include "services/preprocess/engine/device/cuda_device.h"
#include "services/preprocess/engine/device/device_job.h"
#include "services/preprocess/engine/parameter_check.h"
#include "services/preprocess/engine/reasons.h"

namespace sightline::preprocess::device {
namespace {

absl::Status Unavailable(const absl::Status& cause) {
  return Error(absl::StatusCode::kFailedPrecondition, kDeviceUnavailable)
      .Message(absl::StrCat("no graphics device: ", cause.message()))
      .Precondition("graphics device",
                    "run where there is one, with its driver, or without");
}

absl::Status CheckOptions(const DeviceEngineOptions& options) {
  const double least_bytes = 1048576.0 * options.slots;
  constexpr double kMostBytes = 1e15;
  return ParameterCheck()
      .Range("slots", options.slots, 1, 16)
      .Range("device_budget_bytes",
             static_cast<double>(options.device_budget_bytes), least_bytes,
             kMostBytes)
      .Range("pinned_budget_bytes",
             static_cast<double>(options.pinned_budget_bytes), least_bytes,
             kMostBytes)
      .Range("max_batch", options.max_batch, 1, 1024)
      .Demand(options.max_delay > absl::ZeroDuration(), "max_delay",
              "must be above 0")
      .Demand(options.hang_deadline > absl::ZeroDuration(), "hang_deadline",
              "must be above 0")
      .status();
}

// Devices that hang must outlive what they do.
void KeepForever(std::unique_ptr<Device> device) {
  static std::mutex mutex;
  static auto* const devices = new std::vector<std::unique_ptr<Device>>();
  std::lock_guard<std::mutex> lock(mutex);
  devices->push_back(std::move(device));
}

// Index into DeviceEngineCounters::batch_sizes.
size_t SizeClass(size_t pages, size_t classes) {
  size_t index = 0;
  while (index + 1 < classes && (size_t{1} << index) < pages) ++index;
  return index;
}

}  // namespace

// One page on its way, owned by the thread that asked.
struct DeviceEngine::Request {
  const DeviceJob* job = nullptr;
  GrayImage* out = nullptr;
  // The following are guarded by mutex_.
  std::condition_variable changed;
  // It has left the line with somebody else's batch.
  bool is_taken = false;
  // It leads a batch on this slot.
  Slot* slot = nullptr;
  bool is_settled = false;
  FallbackReason reason = FallbackReason::kNone;

  void Settle(FallbackReason why) {
    reason = why;
    is_settled = true;
    changed.notify_one();
  }
};

struct DeviceEngine::Batch {
  // Takes all memory at once, so that nothing fails once others rely on it.
  explicit Batch(int most) : most(static_cast<size_t>(most)) {
    requests.reserve(this->most);
    jobs.reserve(this->most);
  }
  void Add(Request& request) {
    requests.push_back(&request);
    jobs.push_back({.job = request.job, .out = request.out});
  }

  const size_t most;
  std::vector<Request*> requests;
  std::vector<SlotJob> jobs;
};

DeviceEngine::DeviceEngine(std::unique_ptr<Device> device, DeviceInfo info,
                           const DeviceEngineOptions& options)
    : options_(options),
      share_{.device = options.device_budget_bytes / options.slots,
             .pinned = options.pinned_budget_bytes / options.slots},
      device_(std::move(device)),
      info_(std::move(info)) {}

absl::StatusOr<std::unique_ptr<DeviceEngine>> DeviceEngine::Create(
    std::unique_ptr<Device> device, const DeviceEngineOptions& options) {
  SL_RETURN_IF_ERROR(CheckOptions(options));
  absl::StatusOr<DeviceInfo> info = device->Info();
  if (!info.ok()) return Unavailable(info.status());
  std::unique_ptr<DeviceEngine> engine(
      new DeviceEngine(std::move(device), *std::move(info), options));
  engine->idle_.reserve(static_cast<size_t>(options.slots));
  for (int i = 0; i < options.slots; ++i) {
    const absl::StatusOr<Stream> stream = engine->device_->OpenStream();
    if (!stream.ok()) return Unavailable(stream.status());
    engine->slots_.push_back(std::make_unique<Slot>(*engine->device_, *stream));
    engine->idle_.push_back(engine->slots_.back().get());
  }
  engine->counters_.usable_slots = options.slots;
  return engine;
}

absl::StatusOr<std::unique_ptr<DeviceEngine>> DeviceEngine::Open(
    int device, const DeviceEngineOptions& options) {
  absl::StatusOr<std::unique_ptr<Device>> opened = OpenCudaDevice(device);
  if (!opened.ok()) return Unavailable(opened.status());
  return Create(*std::move(opened), options);
}

DeviceEngine::~DeviceEngine() {
  if (has_hung_) {
    KeepForever(std::move(device_));
    return;
  }
  for (const std::unique_ptr<Slot>& slot : slots_) slot->Close();
}

bool DeviceEngine::is_healthy() const {
  std::lock_guard<std::mutex> lock(mutex_);
  return !has_failed_ && counters_.usable_slots > 0;
}

absl::StatusOr<DeviceInfo> DeviceEngine::CurrentInfo() const {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    if (has_failed_ || has_hung_) {
      return absl::UnavailableError("the device has failed or hangs");
    }
  }
  return device_->Info();
}

DeviceEngineCounters DeviceEngine::counters() const {
  std::lock_guard<std::mutex> lock(mutex_);
  DeviceEngineCounters counters = counters_;
  counters.waiting_pages = static_cast<int>(line_.size());
  counters.is_healthy = !has_failed_ && counters_.usable_slots > 0;
  return counters;
}

FallbackReason DeviceEngine::Count(FallbackReason reason) {
  ++counters_.pages[static_cast<size_t>(reason)];
  return reason;
}

absl::StatusOr<FallbackReason> DeviceEngine::TryRun(const AcceleratorWork& work,
                                                    const AcceleratorPage& page,
                                                    GrayImage& out,
                                                    const StopToken& stop) {
  SL_RETURN_IF_ERROR(stop.Poll());
  try {
    const DeviceJob job(work, page);
    BatchBytes bytes;
    bytes.Add(job);
    if (job.is_supported() && bytes.FitsIn(share_)) {
      return RunOrWait(job, out, stop);
    }
    std::lock_guard<std::mutex> lock(mutex_);
    return Count(job.is_supported() ? FallbackReason::kTooLarge
                                    : FallbackReason::kUnsupported);
  } catch (const std::bad_alloc&) {
    // Before the page was anywhere: from then on nothing throws.
    std::lock_guard<std::mutex> lock(mutex_);
    return Count(FallbackReason::kOutOfMemory);
  }
}

absl::StatusOr<FallbackReason> DeviceEngine::RunOrWait(const DeviceJob& job,
                                                       GrayImage& out,
                                                       const StopToken& stop) {
  Batch batch(options_.max_batch);
  Request request;
  request.job = &job;
  request.out = &out;
  const StopCallback on_stop(stop, [this, &request] {
    std::lock_guard<std::mutex> lock(mutex_);
    request.changed.notify_one();
  });
  std::unique_lock<std::mutex> lock(mutex_);
  if (has_failed_ || counters_.usable_slots == 0) {
    return Count(FallbackReason::kDeviceFailed);
  }
  if (!idle_.empty()) {
    request.slot = idle_.back();
    idle_.pop_back();
  } else {
    line_.push_back(&request);
    const absl::Time give_up =
        std::min(absl::Now() + options_.max_delay, stop.deadline());
    while (request.slot == nullptr && !request.is_settled) {
      if (request.is_taken) {
        request.changed.wait(lock);
        continue;
      }
      const absl::Status stopped = stop.Poll();
      if (!stopped.ok() || absl::Now() >= give_up) {
        line_.erase(std::find(line_.begin(), line_.end(), &request));
        SL_RETURN_IF_ERROR(stopped);
        return Count(FallbackReason::kBusy);
      }
      request.changed.wait_until(lock, absl::ToChronoTime(give_up));
    }
    if (request.is_settled) return request.reason;
  }
  TakeBatch(request, batch);
  counters_.running_pages += static_cast<int>(batch.jobs.size());
  Slot& slot = *request.slot;
  lock.unlock();
  RunBatch(slot, batch);
  return request.reason;
}

void DeviceEngine::TakeBatch(Request& first, Batch& batch) {
  batch.Add(first);
  BatchBytes bytes;
  bytes.Add(*first.job);
  for (auto each = line_.begin();
       each != line_.end() && batch.requests.size() < batch.most;) {
    BatchBytes more = bytes;
    more.Add(*(*each)->job);
    if ((*each)->job->kernels() != first.job->kernels() ||
        !more.FitsIn(share_)) {
      ++each;
      continue;
    }
    bytes = more;
    (*each)->is_taken = true;
    batch.Add(**each);
    each = line_.erase(each);
  }
}

void DeviceEngine::RunBatch(Slot& slot, Batch& batch) {
  const absl::Time start = absl::Now();
  const absl::Span<SlotJob> all = absl::MakeSpan(batch.jobs);
  FallbackReason reason = FallbackReason::kNone;
  bool is_usable = RunPart(slot, all, reason);
  const bool is_retried = reason == FallbackReason::kOutOfMemory;
  if (is_retried) {
    FreeIdleMemory(slot);
    const size_t half = (all.size() + 1) / 2;
    is_usable = RunPart(slot, all.subspan(0, half), reason);
    if (reason == FallbackReason::kNone && half < all.size()) {
      is_usable = RunPart(slot, all.subspan(half), reason);
    }
  }
  std::lock_guard<std::mutex> lock(mutex_);
  counters_.running_pages -= static_cast<int>(all.size());
  ++counters_.batches;
  ++counters_.batch_sizes[SizeClass(all.size(), counters_.batch_sizes.size())];
  if (is_retried) ++counters_.retries;
  counters_.busy += absl::Now() - start;
  for (size_t i = 0; i < all.size(); ++i) {
    // A result that there was no memory for is the host's failure.
    const FallbackReason why = all[i].is_done ? FallbackReason::kNone
                               : reason == FallbackReason::kNone
                                   ? FallbackReason::kOutOfMemory
                                   : reason;
    batch.requests[i]->Settle(Count(why));
  }
  PassOn(is_usable ? &slot : nullptr);
}

bool DeviceEngine::RunPart(Slot& slot, absl::Span<SlotJob> jobs,
                           FallbackReason& reason) {
  BatchBytes bytes;
  for (const SlotJob& each : jobs) bytes.Add(*each.job);
  {
    std::lock_guard<std::mutex> lock(mutex_);
    if (has_failed_) {
      reason = FallbackReason::kDeviceFailed;
      return true;
    }
    if (has_hung_ && !slot.Holds(bytes)) {
      reason = FallbackReason::kHang;
      return true;
    }
  }
  absl::Status status;
  try {
    status = slot.Run(jobs, options_.hang_deadline);
  } catch (const std::bad_alloc&) {
    status = absl::ResourceExhaustedError("the host's memory ran out");
  }
  switch (status.code()) {
    case absl::StatusCode::kOk:
      reason = FallbackReason::kNone;
      return true;
    case absl::StatusCode::kResourceExhausted:
      reason = FallbackReason::kOutOfMemory;
      return true;
    case absl::StatusCode::kDeadlineExceeded: {
      reason = FallbackReason::kHang;
      std::lock_guard<std::mutex> lock(mutex_);
      has_hung_ = true;
      return false;
    }
    default: {
      reason = FallbackReason::kDeviceFailed;
      std::lock_guard<std::mutex> lock(mutex_);
      has_failed_ = true;
      DeclineAll(reason);
      return true;
    }
  }
}

void DeviceEngine::FreeIdleMemory(Slot& slot) {
  std::lock_guard<std::mutex> lock(mutex_);
  if (has_hung_) return;
  for (Slot* const each : idle_) each->Release();
  slot.Release();
  device_->Trim();
}

void DeviceEngine::PassOn(Slot* slot) {
  if (slot == nullptr) {
    if (--counters_.usable_slots == 0) DeclineAll(FallbackReason::kHang);
  } else if (line_.empty()) {
    idle_.push_back(slot);
  } else {
    Request* const next = line_.front();
    line_.pop_front();
    next->slot = slot;
    next->changed.notify_one();
  }
}

void DeviceEngine::DeclineAll(FallbackReason reason) {
  for (Request* const each : line_) each->Settle(Count(reason));
  line_.clear();
}

}  // namespace sightline::preprocess::device
