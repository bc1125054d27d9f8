#include "services/preprocess/engine/kernels/kernels.h"

#include "services/preprocess/engine/kernels/kernels_internal.h"

namespace sightline::preprocess {

const Kernels& KernelsFor(InstructionSet instructions) {
#if defined(__x86_64__)
  if (instructions == InstructionSet::kAvx512) return kernels_avx512::kKernels;
  if (instructions == InstructionSet::kAvx2) return kernels_avx2::kKernels;
#endif
  (void)instructions;
  return kernels_scalar::kKernels;
}

}  // namespace sightline::preprocess
