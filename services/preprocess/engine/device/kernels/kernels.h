// All kernels, by the type of their pages.
#ifndef SIGHTLINE_SERVICES_PREPROCESS_ENGINE_DEVICE_KERNELS_KERNELS_H_
#define SIGHTLINE_SERVICES_PREPROCESS_ENGINE_DEVICE_KERNELS_KERNELS_H_

// Each has RunBlock(block, pages, count), BlocksOf(page) and SharedBytes(page).
// IWYU pragma: begin_exports
#include "services/preprocess/engine/device/kernels/chain_kernel.h"
#include "services/preprocess/engine/device/kernels/local_means_kernel.h"
#include "services/preprocess/engine/device/kernels/tables_kernel.h"
#include "services/preprocess/engine/device/kernels/window_kernels.h"
// IWYU pragma: end_exports

#endif  // SIGHTLINE_SERVICES_PREPROCESS_ENGINE_DEVICE_KERNELS_KERNELS_H_
