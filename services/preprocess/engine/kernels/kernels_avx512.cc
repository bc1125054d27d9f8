#include "services/preprocess/engine/kernels/kernels_internal.h"

#if defined(__x86_64__)
#include <immintrin.h>

#include <cstdint>
#include <cstring>
#include <utility>

#include "services/preprocess/engine/kernels/median_network.h"
#include "services/preprocess/engine/pixel_rules/adaptive_mean.h"
#include "services/preprocess/engine/pixel_rules/affine.h"
#include "services/preprocess/engine/pixel_rules/bilateral.h"
#include "services/preprocess/engine/pixel_rules/gaussian.h"
#include "services/preprocess/engine/pixel_rules/gray.h"
#include "services/preprocess/engine/pixel_rules/light.h"
#include "services/preprocess/engine/pixel_rules/local_threshold.h"
#include "services/preprocess/engine/pixel_rules/measure.h"
#include "services/preprocess/engine/pixel_rules/resize.h"
#include "services/preprocess/engine/pixel_rules/sharpen.h"

// From here on, and not for the functions of the headers above: those are
// shared by the whole program.
#if defined(__clang__)
#pragma clang attribute push(                                                 \
    __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx512vbmi"))), \
    apply_to = function)
#else
#pragma GCC push_options
#pragma GCC target( \
    "avx512f,avx512bw,avx512dq,avx512vl,avx512vbmi,prefer-vector-width=512")
#endif
#define SIGHTLINE_KERNELS_AVX512 1

namespace sightline::preprocess::kernels_avx512 {
namespace {

#include "services/preprocess/engine/kernels/clahe_loops.h"
#include "services/preprocess/engine/kernels/gaussian_loops.h"
#include "services/preprocess/engine/kernels/local_means_loops.h"
#include "services/preprocess/engine/kernels/morphology_loops.h"
#include "services/preprocess/engine/kernels/pixel_loops.h"
#include "services/preprocess/engine/kernels/scale_loops.h"
#include "services/preprocess/engine/kernels/warp_loops.h"
#include "services/preprocess/engine/kernels/window_loops.h"

}  // namespace

#include "services/preprocess/engine/kernels/table.h"

}  // namespace sightline::preprocess::kernels_avx512

#if defined(__clang__)
#pragma clang attribute pop
#else
#pragma GCC pop_options
#endif
#endif  // defined(__x86_64__)
