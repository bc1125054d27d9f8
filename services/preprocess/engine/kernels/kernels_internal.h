// The tables of the instruction sets. Internal to kernels/.
#ifndef SIGHTLINE_SERVICES_PREPROCESS_ENGINE_KERNELS_KERNELS_INTERNAL_H_
#define SIGHTLINE_SERVICES_PREPROCESS_ENGINE_KERNELS_KERNELS_INTERNAL_H_

#include "services/preprocess/engine/kernels/kernels.h"

// The loop that follows reads ahead of where it writes.
#if defined(__clang__)
#define SIGHTLINE_NO_ALIAS_AHEAD _Pragma("clang loop vectorize(assume_safety)")
#else
#define SIGHTLINE_NO_ALIAS_AHEAD _Pragma("GCC ivdep")
#endif

namespace sightline::preprocess {

namespace kernels_scalar {
extern const Kernels kKernels;
}
namespace kernels_avx2 {
extern const Kernels kKernels;
}
namespace kernels_avx512 {
extern const Kernels kKernels;
}

}  // namespace sightline::preprocess

#endif  // SIGHTLINE_SERVICES_PREPROCESS_ENGINE_KERNELS_KERNELS_INTERNAL_H_
