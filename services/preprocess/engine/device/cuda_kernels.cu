#include "services/preprocess/engine/device/cuda_kernels.h"

#include <cuda_runtime.h>

#include <utility>
#include <variant>

#include "services/preprocess/engine/device/block.h"
#include "services/preprocess/engine/device/kernel_pages.h"
#include "services/preprocess/engine/device/kernels/kernels.h"

namespace sightline::preprocess::device {
namespace {

template <class Page>
__global__ void __launch_bounds__(kBlockLanes)
    Kernel(const Page* pages, int page_count) {
  extern __shared__ __align__(16) uint8_t shared[];
  RunBlock(DeviceBlock(static_cast<int>(blockIdx.x), shared), pages,
           page_count);
}

template <class Page>
cudaError_t Launch(cudaStream_t stream, const void* pages, int page_count,
                   int blocks, int shared_bytes) {
  Kernel<Page><<<blocks, kBlockLanes, shared_bytes, stream>>>(
      static_cast<const Page*>(pages), page_count);
  return cudaGetLastError();
}

template <class Page>
cudaError_t Prepare() {
  return cudaFuncSetAttribute(Kernel<Page>,
                              cudaFuncAttributeMaxDynamicSharedMemorySize,
                              kMaxSharedBytes);
}

constexpr auto kAllKernels =
    std::make_index_sequence<std::variant_size_v<KernelPage>>();

template <size_t... kKernels>
cudaError_t PrepareAll(std::index_sequence<kKernels...>) {
  cudaError_t error = cudaSuccess;
  ((error == cudaSuccess
        ? void(error = Prepare<std::variant_alternative_t<kKernels,
                                                          KernelPage>>())
        : void()),
   ...);
  return error;
}

template <size_t... kKernels>
cudaError_t LaunchAny(cudaStream_t stream, int kernel, const void* pages,
                      int page_count, int blocks, int shared_bytes,
                      std::index_sequence<kKernels...>) {
  cudaError_t error = cudaErrorInvalidValue;
  ((static_cast<size_t>(kernel) == kKernels
        ? void(error = Launch<std::variant_alternative_t<kKernels, KernelPage>>(
                   stream, pages, page_count, blocks, shared_bytes))
        : void()),
   ...);
  return error;
}

}  // namespace

cudaError_t PrepareCudaKernels() { return PrepareAll(kAllKernels); }

cudaError_t LaunchCudaKernel(cudaStream_t stream, int kernel, const void* pages,
                             int page_count, int blocks, int shared_bytes) {
  return LaunchAny(stream, kernel, pages, page_count, blocks, shared_bytes,
                   kAllKernels);
}

}  // namespace sightline::preprocess::device
