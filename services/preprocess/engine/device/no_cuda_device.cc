// cuda_device.h where there is no CUDA compiler.
#include "services/preprocess/engine/device/cuda_device.h"

namespace sightline::preprocess::device {

bool IsCudaBuilt() { return false; }

absl::StatusOr<std::unique_ptr<Device>> OpenCudaDevice(int) {
  return absl::UnavailableError("this program was built without CUDA");
}

}  // namespace sightline::preprocess::device
