#include "services/preprocess/engine/device/faulty_device.h"

#include "absl/time/clock.h"
#include "common/status/status_macros.h"

namespace sightline::preprocess::device {
namespace {

constexpr Stream kNoStream = -1;

bool Holds(const FaultRange& range, std::atomic<int>& calls) {
  const int number = calls.fetch_add(1);
  return number >= range.first && number - range.first < range.count;
}

absl::Status Broken() {
  return absl::InternalError("an illegal address was accessed");
}

}  // namespace

absl::Status FaultyDevice::Check(Stream stream) const {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    if (hanging_.count(stream) > 0) ++calls_to_hanging_;
  }
  if (is_broken_) return Broken();
  return absl::OkStatus();
}

absl::StatusOr<DeviceInfo> FaultyDevice::Info() const {
  if (plan_.is_absent) return absl::UnavailableError("no driver");
  SL_RETURN_IF_ERROR(Check(kNoStream));
  return device_->Info();
}

absl::StatusOr<Stream> FaultyDevice::OpenStream() {
  if (plan_.is_absent) return absl::UnavailableError("no driver");
  SL_RETURN_IF_ERROR(Check(kNoStream));
  return device_->OpenStream();
}

void FaultyDevice::CloseStream(Stream stream) {
  if (Check(stream).ok()) device_->CloseStream(stream);
}

absl::StatusOr<uint8_t*> FaultyDevice::Allocate(Stream stream, int64_t bytes) {
  SL_RETURN_IF_ERROR(Check(stream));
  if (Holds(plan_.no_memory, allocations_)) {
    return absl::ResourceExhaustedError("others have taken all memory");
  }
  return device_->Allocate(stream, bytes);
}

void FaultyDevice::Free(Stream stream, uint8_t* memory) {
  if (Check(stream).ok()) device_->Free(stream, memory);
}

absl::StatusOr<uint8_t*> FaultyDevice::AllocatePinned(int64_t bytes) {
  SL_RETURN_IF_ERROR(Check(kNoStream));
  if (Holds(plan_.no_pinned_memory, pinned_allocations_)) {
    return absl::ResourceExhaustedError("no more pages can be pinned");
  }
  return device_->AllocatePinned(bytes);
}

void FaultyDevice::FreePinned(uint8_t* memory) {
  if (Check(kNoStream).ok()) device_->FreePinned(memory);
}

absl::Status FaultyDevice::Upload(Stream stream, uint8_t* to,
                                  const uint8_t* from, int64_t bytes) {
  SL_RETURN_IF_ERROR(Check(stream));
  return device_->Upload(stream, to, from, bytes);
}

absl::Status FaultyDevice::Download(Stream stream, uint8_t* to,
                                    const uint8_t* from, int64_t bytes) {
  SL_RETURN_IF_ERROR(Check(stream));
  return device_->Download(stream, to, from, bytes);
}

absl::Status FaultyDevice::Clear(Stream stream, uint8_t* memory,
                                 int64_t bytes) {
  SL_RETURN_IF_ERROR(Check(stream));
  return device_->Clear(stream, memory, bytes);
}

absl::Status FaultyDevice::Launch(Stream stream, const KernelLaunch& launch) {
  SL_RETURN_IF_ERROR(Check(stream));
  if (Holds(plan_.broken_launches, launches_)) {
    is_broken_ = true;
    return Broken();
  }
  return device_->Launch(stream, launch);
}

absl::Status FaultyDevice::Wait(Stream stream, absl::Duration timeout) {
  SL_RETURN_IF_ERROR(Check(stream));
  const int number = waits_.fetch_add(1);
  absl::SleepFor(plan_.slowness);
  const auto is_in = [number](const FaultRange& range) {
    return number >= range.first && number - range.first < range.count;
  };
  if (is_in(plan_.broken_waits)) {
    is_broken_ = true;
    return Broken();
  }
  if (!is_in(plan_.hanging_waits)) return device_->Wait(stream, timeout);
  absl::SleepFor(timeout);
  {
    std::lock_guard<std::mutex> lock(mutex_);
    hanging_.insert(stream);
  }
  SL_RETURN_IF_ERROR(device_->Wait(stream, timeout));
  return absl::DeadlineExceededError("the stream is still busy");
}

void FaultyDevice::Trim() {
  ++trims_;
  if (Check(kNoStream).ok()) device_->Trim();
}

}  // namespace sightline::preprocess::device
