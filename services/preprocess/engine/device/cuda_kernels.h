// The kernels as nvcc compiles them. Internal to cuda_device.cc: no absl here,
// so that nvcc sees none.
#ifndef SIGHTLINE_SERVICES_PREPROCESS_ENGINE_DEVICE_CUDA_KERNELS_H_
#define SIGHTLINE_SERVICES_PREPROCESS_ENGINE_DEVICE_CUDA_KERNELS_H_

#include <cuda_runtime_api.h>

namespace sightline::preprocess::device {

// Once for each device, before the first launch on it.
cudaError_t PrepareCudaKernels();

// `kernel`: KernelPage::index() of the pages; else as KernelLaunch.
cudaError_t LaunchCudaKernel(cudaStream_t stream, int kernel, const void* pages,
                             int page_count, int blocks, int shared_bytes);

}  // namespace sightline::preprocess::device

#endif  // SIGHTLINE_SERVICES_PREPROCESS_ENGINE_DEVICE_CUDA_KERNELS_H_
