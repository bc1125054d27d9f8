#include "services/preprocess/engine/device/host_device.h"

#include <algorithm>
#include <cstring>
#include <new>
#include <numeric>
#include <random>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/preprocess/engine/device/block.h"
#include "services/preprocess/engine/device/kernels/kernels.h"

namespace sightline::preprocess::device {
namespace {

// What memory holds that nobody wrote to.
constexpr int kUndefined = 0xA5;
constexpr size_t kAlignment = 256;

std::vector<int> InOrder(int count, LaneOrder order) {
  std::vector<int> indices(static_cast<size_t>(count));
  std::iota(indices.begin(), indices.end(), 0);
  if (order == LaneOrder::kBackwards) {
    std::reverse(indices.begin(), indices.end());
  }
  if (order == LaneOrder::kShuffled) {
    std::shuffle(indices.begin(), indices.end(), std::minstd_rand(1));
  }
  return indices;
}

struct AlignedDelete {
  void operator()(uint8_t* memory) const {
    ::operator delete[](memory, std::align_val_t(kAlignment));
  }
};
using AlignedBytes = std::unique_ptr<uint8_t[], AlignedDelete>;

AlignedBytes MakeBytes(int64_t bytes) {
  AlignedBytes memory(static_cast<uint8_t*>(::operator new[](
      static_cast<size_t>(bytes), std::align_val_t(kAlignment))));
  std::memset(memory.get(), kUndefined, static_cast<size_t>(bytes));
  return memory;
}

template <class Page>
void RunBlocks(const KernelLaunch& launch, const std::vector<int>& blocks,
               const std::vector<int>& lanes) {
  for (const int index : blocks) {
    const AlignedBytes shared = MakeBytes(launch.shared_bytes);
    RunBlock(HostBlock(index, shared.get(), lanes),
             static_cast<const Page*>(launch.pages), launch.page_count);
  }
}

// The kernel that launch.kernel says.
template <size_t... kKernels>
void RunAnyBlocks(const KernelLaunch& launch, const std::vector<int>& blocks,
                  const std::vector<int>& lanes,
                  std::index_sequence<kKernels...>) {
  ((static_cast<size_t>(launch.kernel) == kKernels
        ? RunBlocks<std::variant_alternative_t<kKernels, KernelPage>>(
              launch, blocks, lanes)
        : void()),
   ...);
}

}  // namespace

struct HostDevice::Memory {
  AlignedBytes memory;
  int64_t bytes;
};

HostDevice::HostDevice(const HostDeviceOptions& options)
    : options_(options), lanes_(InOrder(kBlockLanes, options.order)) {}

HostDevice::~HostDevice() = default;

absl::StatusOr<DeviceInfo> HostDevice::Info() const {
  std::lock_guard<std::mutex> lock(mutex_);
  return DeviceInfo{.name = "host:0",
                    .bus_id = "",
                    .model = "kernels on the processor",
                    .driver_version = "",
                    .total_bytes = options_.total_bytes,
                    .free_bytes = options_.total_bytes - used_bytes_};
}

absl::StatusOr<Stream> HostDevice::OpenStream() {
  std::lock_guard<std::mutex> lock(mutex_);
  const Stream stream = next_stream_++;
  streams_[stream];
  return stream;
}

void HostDevice::CloseStream(Stream stream) {
  std::lock_guard<std::mutex> lock(mutex_);
  streams_.erase(stream);
}

absl::StatusOr<uint8_t*> HostDevice::AllocateIn(std::map<uint8_t*, Memory>& all,
                                                int64_t bytes) {
  try {
    Memory memory = {MakeBytes(bytes), bytes};
    uint8_t* const address = memory.memory.get();
    std::lock_guard<std::mutex> lock(mutex_);
    if (&all == &device_memory_) {
      if (bytes > options_.total_bytes - used_bytes_) {
        return absl::ResourceExhaustedError(
            absl::StrCat("no ", bytes, " bytes left"));
      }
      used_bytes_ += bytes;
    }
    all.emplace(address, std::move(memory));
    return address;
  } catch (const std::bad_alloc&) {
    return absl::ResourceExhaustedError("the host's memory ran out");
  }
}

absl::StatusOr<uint8_t*> HostDevice::Allocate(Stream, int64_t bytes) {
  return AllocateIn(device_memory_, bytes);
}

void HostDevice::Free(Stream, uint8_t* memory) {
  std::lock_guard<std::mutex> lock(mutex_);
  const auto found = device_memory_.find(memory);
  if (found == device_memory_.end()) return;
  used_bytes_ -= found->second.bytes;
  device_memory_.erase(found);
}

absl::StatusOr<uint8_t*> HostDevice::AllocatePinned(int64_t bytes) {
  return AllocateIn(pinned_memory_, bytes);
}

void HostDevice::FreePinned(uint8_t* memory) {
  std::lock_guard<std::mutex> lock(mutex_);
  pinned_memory_.erase(memory);
}

absl::Status HostDevice::Enqueue(Stream stream, Work work) {
  std::lock_guard<std::mutex> lock(mutex_);
  const auto found = streams_.find(stream);
  if (found == streams_.end()) {
    return absl::InternalError(absl::StrCat("no stream ", stream));
  }
  found->second.push_back(std::move(work));
  return absl::OkStatus();
}

absl::Status HostDevice::Upload(Stream stream, uint8_t* to, const uint8_t* from,
                                int64_t bytes) {
  return Enqueue(stream,
                 [=] { std::memcpy(to, from, static_cast<size_t>(bytes)); });
}

absl::Status HostDevice::Download(Stream stream, uint8_t* to,
                                  const uint8_t* from, int64_t bytes) {
  return Upload(stream, to, from, bytes);
}

absl::Status HostDevice::Clear(Stream stream, uint8_t* memory, int64_t bytes) {
  return Enqueue(stream,
                 [=] { std::memset(memory, 0, static_cast<size_t>(bytes)); });
}

absl::Status HostDevice::Launch(Stream stream, const KernelLaunch& launch) {
  if (launch.shared_bytes > kMaxSharedBytes) {
    return absl::InternalError(
        absl::StrCat("a block wants ", launch.shared_bytes, " shared bytes"));
  }
  return Enqueue(stream, [this, launch] { RunKernel(launch); });
}

void HostDevice::RunKernel(const KernelLaunch& launch) const {
  const std::vector<int> blocks = InOrder(launch.blocks, options_.order);
  RunAnyBlocks(launch, blocks, lanes_,
               std::make_index_sequence<std::variant_size_v<KernelPage>>());
}

absl::Status HostDevice::Wait(Stream stream, absl::Duration) {
  std::vector<Work> work;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    const auto found = streams_.find(stream);
    if (found == streams_.end()) {
      return absl::InternalError(absl::StrCat("no stream ", stream));
    }
    work = std::exchange(found->second, {});
  }
  for (const Work& each : work) each();
  return absl::OkStatus();
}

}  // namespace sightline::preprocess::device
