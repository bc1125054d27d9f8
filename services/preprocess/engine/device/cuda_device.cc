#include "services/preprocess/engine/device/cuda_device.h"

#include <cuda_runtime_api.h>

#include <algorithm>
#include <atomic>
#include <limits>
#include <map>
#include <mutex>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/status/status_macros.h"
#include "services/preprocess/engine/device/cuda_kernels.h"

namespace sightline::preprocess::device {
namespace {

// Between two looks at a stream: short at first, for small pages.
constexpr absl::Duration kFirstNap = absl::Microseconds(5);
constexpr absl::Duration kLongestNap = absl::Microseconds(200);

absl::Status ToStatus(cudaError_t error, absl::string_view doing) {
  if (error == cudaSuccess) return absl::OkStatus();
  // Or the next call would report it once more.
  cudaGetLastError();
  const std::string message =
      absl::StrCat(doing, ": ", cudaGetErrorString(error), " (",
                   static_cast<int>(error), ")");
  if (error == cudaErrorMemoryAllocation) {
    return absl::ResourceExhaustedError(message);
  }
  return absl::InternalError(message);
}

std::string Version(int version) {
  if (version <= 0) return "";
  return absl::StrCat(version / 1000, ".", version % 1000 / 10);
}

class CudaDevice : public Device {
 public:
  explicit CudaDevice(int number) : number_(number) {}
  ~CudaDevice() override;

  absl::Status Prepare();

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

 private:
  // The device is a property of each thread.
  absl::Status Select() const {
    return ToStatus(cudaSetDevice(number_), "selecting the device");
  }
  absl::StatusOr<cudaStream_t> Enter(Stream stream) const;

  const int number_;
  // Null where devices have none: then memory is allocated without.
  cudaMemPool_t pool_ = nullptr;
  // A stream hangs; destroying anything might wait for it.
  std::atomic<bool> has_hung_ = false;
  mutable std::mutex mutex_;
  // Guarded by mutex_.
  Stream next_stream_ = 0;
  std::map<Stream, cudaStream_t> streams_;
};

CudaDevice::~CudaDevice() {
  if (has_hung_ || !Select().ok()) return;
  for (const auto& [id, stream] : streams_) cudaStreamDestroy(stream);
  if (pool_ != nullptr) cudaMemPoolDestroy(pool_);
}

// A pool of this engine's own, so that others in the process, and Trim(), have
// nothing to do with each other.
absl::Status CudaDevice::Prepare() {
  SL_RETURN_IF_ERROR(Select());
  SL_RETURN_IF_ERROR(ToStatus(PrepareCudaKernels(), "loading the kernels"));
  int has_pools = 0;
  SL_RETURN_IF_ERROR(
      ToStatus(cudaDeviceGetAttribute(&has_pools,
                                      cudaDevAttrMemoryPoolsSupported, number_),
               "asking for memory pools"));
  if (has_pools == 0) return absl::OkStatus();
  cudaMemPoolProps properties = {};
  properties.allocType = cudaMemAllocationTypePinned;
  properties.location.type = cudaMemLocationTypeDevice;
  properties.location.id = number_;
  SL_RETURN_IF_ERROR(
      ToStatus(cudaMemPoolCreate(&pool_, &properties), "making a memory pool"));
  // The slots stay within a budget; what they free may be wanted again.
  uint64_t threshold = std::numeric_limits<uint64_t>::max();
  return ToStatus(cudaMemPoolSetAttribute(
                      pool_, cudaMemPoolAttrReleaseThreshold, &threshold),
                  "setting up the memory pool");
}

absl::StatusOr<DeviceInfo> CudaDevice::Info() const {
  SL_RETURN_IF_ERROR(Select());
  DeviceInfo info;
  info.name = absl::StrCat("cuda:", number_);
  cudaDeviceProp properties;
  SL_RETURN_IF_ERROR(ToStatus(cudaGetDeviceProperties(&properties, number_),
                              "asking for the device's properties"));
  info.model = properties.name;
  char bus_id[16] = "";
  SL_RETURN_IF_ERROR(
      ToStatus(cudaDeviceGetPCIBusId(bus_id, sizeof(bus_id), number_),
               "asking for the device's place on the bus"));
  info.bus_id = bus_id;
  int version = 0;
  SL_RETURN_IF_ERROR(ToStatus(cudaDriverGetVersion(&version),
                              "asking for the driver's version"));
  info.driver_version = Version(version);
  size_t free_bytes = 0;
  size_t total_bytes = 0;
  SL_RETURN_IF_ERROR(ToStatus(cudaMemGetInfo(&free_bytes, &total_bytes),
                              "asking for the device's memory"));
  info.free_bytes = static_cast<int64_t>(free_bytes);
  info.total_bytes = static_cast<int64_t>(total_bytes);
  return info;
}

absl::StatusOr<Stream> CudaDevice::OpenStream() {
  SL_RETURN_IF_ERROR(Select());
  cudaStream_t stream = nullptr;
  SL_RETURN_IF_ERROR(
      ToStatus(cudaStreamCreateWithFlags(&stream, cudaStreamNonBlocking),
               "opening a stream"));
  std::lock_guard<std::mutex> lock(mutex_);
  streams_[next_stream_] = stream;
  return next_stream_++;
}

absl::StatusOr<cudaStream_t> CudaDevice::Enter(Stream stream) const {
  SL_RETURN_IF_ERROR(Select());
  std::lock_guard<std::mutex> lock(mutex_);
  const auto found = streams_.find(stream);
  if (found == streams_.end()) {
    return absl::InternalError(absl::StrCat("no stream ", stream));
  }
  return found->second;
}

void CudaDevice::CloseStream(Stream stream) {
  const absl::StatusOr<cudaStream_t> entered = Enter(stream);
  if (!entered.ok() || has_hung_) return;
  cudaStreamDestroy(*entered);
  std::lock_guard<std::mutex> lock(mutex_);
  streams_.erase(stream);
}

absl::StatusOr<uint8_t*> CudaDevice::Allocate(Stream stream, int64_t bytes) {
  SL_ASSIGN_OR_RETURN(const cudaStream_t entered, Enter(stream));
  void* memory = nullptr;
  const size_t size = static_cast<size_t>(bytes);
  const cudaError_t error =
      pool_ != nullptr ? cudaMallocFromPoolAsync(&memory, size, pool_, entered)
                       : cudaMalloc(&memory, size);
  SL_RETURN_IF_ERROR(
      ToStatus(error, absl::StrCat("allocating ", bytes, " bytes")));
  return static_cast<uint8_t*>(memory);
}

void CudaDevice::Free(Stream stream, uint8_t* memory) {
  const absl::StatusOr<cudaStream_t> entered = Enter(stream);
  if (!entered.ok() || has_hung_) return;
  // A failure would be one from before, which Wait() reports.
  if (pool_ != nullptr) {
    cudaFreeAsync(memory, *entered);
  } else {
    cudaFree(memory);
  }
}

absl::StatusOr<uint8_t*> CudaDevice::AllocatePinned(int64_t bytes) {
  SL_RETURN_IF_ERROR(Select());
  void* memory = nullptr;
  SL_RETURN_IF_ERROR(ToStatus(
      cudaHostAlloc(&memory, static_cast<size_t>(bytes), cudaHostAllocDefault),
      absl::StrCat("pinning ", bytes, " bytes")));
  return static_cast<uint8_t*>(memory);
}

void CudaDevice::FreePinned(uint8_t* memory) {
  if (has_hung_ || !Select().ok()) return;
  cudaFreeHost(memory);
}

absl::Status CudaDevice::Upload(Stream stream, uint8_t* to, const uint8_t* from,
                                int64_t bytes) {
  SL_ASSIGN_OR_RETURN(const cudaStream_t entered, Enter(stream));
  return ToStatus(cudaMemcpyAsync(to, from, static_cast<size_t>(bytes),
                                  cudaMemcpyHostToDevice, entered),
                  "uploading");
}

absl::Status CudaDevice::Download(Stream stream, uint8_t* to,
                                  const uint8_t* from, int64_t bytes) {
  SL_ASSIGN_OR_RETURN(const cudaStream_t entered, Enter(stream));
  return ToStatus(cudaMemcpyAsync(to, from, static_cast<size_t>(bytes),
                                  cudaMemcpyDeviceToHost, entered),
                  "downloading");
}

absl::Status CudaDevice::Clear(Stream stream, uint8_t* memory, int64_t bytes) {
  SL_ASSIGN_OR_RETURN(const cudaStream_t entered, Enter(stream));
  return ToStatus(
      cudaMemsetAsync(memory, 0, static_cast<size_t>(bytes), entered),
      "clearing memory");
}

absl::Status CudaDevice::Launch(Stream stream, const KernelLaunch& launch) {
  SL_ASSIGN_OR_RETURN(const cudaStream_t entered, Enter(stream));
  return ToStatus(
      LaunchCudaKernel(entered, launch.kernel, launch.pages, launch.page_count,
                       launch.blocks, launch.shared_bytes),
      "launching a kernel");
}

absl::Status CudaDevice::Wait(Stream stream, absl::Duration timeout) {
  SL_ASSIGN_OR_RETURN(const cudaStream_t entered, Enter(stream));
  const absl::Time give_up = absl::Now() + timeout;
  absl::Duration nap = kFirstNap;
  while (true) {
    const cudaError_t error = cudaStreamQuery(entered);
    if (error != cudaErrorNotReady) return ToStatus(error, "waiting");
    if (absl::Now() >= give_up) {
      has_hung_ = true;
      return absl::DeadlineExceededError("the stream is still busy");
    }
    absl::SleepFor(nap);
    nap = std::min(2 * nap, kLongestNap);
  }
}

void CudaDevice::Trim() {
  if (pool_ == nullptr || has_hung_ || !Select().ok()) return;
  cudaMemPoolTrimTo(pool_, 0);
}

}  // namespace

bool IsCudaBuilt() { return true; }

absl::StatusOr<std::unique_ptr<Device>> OpenCudaDevice(int number) {
  int count = 0;
  const absl::Status counted =
      ToStatus(cudaGetDeviceCount(&count), "looking for devices");
  if (!counted.ok()) return absl::UnavailableError(counted.message());
  if (number < 0 || number >= count) {
    return absl::UnavailableError(absl::StrCat(
        "number ", number, " was asked for, this machine has ", count));
  }
  auto device = std::make_unique<CudaDevice>(number);
  SL_RETURN_IF_ERROR(device->Prepare());
  return device;
}

}  // namespace sightline::preprocess::device
