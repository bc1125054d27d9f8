// The CUDA devices of this machine.
#ifndef SIGHTLINE_SERVICES_PREPROCESS_ENGINE_DEVICE_CUDA_DEVICE_H_
#define SIGHTLINE_SERVICES_PREPROCESS_ENGINE_DEVICE_CUDA_DEVICE_H_

#include <memory>

#include "absl/status/statusor.h"
#include "services/preprocess/engine/device/device.h"

namespace sightline::preprocess::device {

// Whether this program was built with CUDA.
bool IsCudaBuilt();

// The device with this number, from 0. Errors: Unavailable (built without CUDA,
// no driver, no such device; the message says which), Internal.
absl::StatusOr<std::unique_ptr<Device>> OpenCudaDevice(int number);

}  // namespace sightline::preprocess::device

#endif  // SIGHTLINE_SERVICES_PREPROCESS_ENGINE_DEVICE_CUDA_DEVICE_H_
