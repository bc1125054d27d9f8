// What lets one pixel rule serve the processor and the graphics device.
//
// Every rule in this folder is exact: the same integers, or the same float32
// operations rounded one by one in the same order, wherever it runs. nvcc and
// g++ for aarch64 fuse a multiplication and an addition where they can, which
// changes results; so rules that use floats go through MultiplyRounded() and
// AddRounded(), and host files that include them are compiled with
// -ffp-contract=off.
#ifndef SIGHTLINE_SERVICES_PREPROCESS_ENGINE_PIXEL_RULES_HOST_DEVICE_H_
#define SIGHTLINE_SERVICES_PREPROCESS_ENGINE_PIXEL_RULES_HOST_DEVICE_H_

#include <cmath>
#include <cstdint>

#if defined(__CUDACC__)
#define SIGHTLINE_HOST_DEVICE __host__ __device__
#else
#define SIGHTLINE_HOST_DEVICE
#endif

namespace sightline::preprocess::rules {

// a * b, rounded to nearest even, never fused with what follows.
SIGHTLINE_HOST_DEVICE inline float MultiplyRounded(float a, float b) {
#if defined(__CUDA_ARCH__)
  return __fmul_rn(a, b);
#else
  return a * b;
#endif
}

// a + b, rounded to nearest even, never fused with what came before.
SIGHTLINE_HOST_DEVICE inline float AddRounded(float a, float b) {
#if defined(__CUDA_ARCH__)
  return __fadd_rn(a, b);
#else
  return a + b;
#endif
}

// The square root, rounded to nearest even.
SIGHTLINE_HOST_DEVICE inline float SquareRootRounded(float a) {
#if defined(__CUDA_ARCH__)
  return __fsqrt_rn(a);
#else
  return sqrtf(a);
#endif
}

// The nearest integer; halves go to the even one.
SIGHTLINE_HOST_DEVICE inline int RoundToEven(float value) {
#if defined(__CUDA_ARCH__)
  return __float2int_rn(value);
#else
  return static_cast<int>(lrintf(value));
#endif
}

SIGHTLINE_HOST_DEVICE inline int Smaller(int a, int b) { return a < b ? a : b; }
SIGHTLINE_HOST_DEVICE inline int Larger(int a, int b) { return a > b ? a : b; }

SIGHTLINE_HOST_DEVICE inline uint8_t SaturateToByte(int value) {
  return static_cast<uint8_t>(Smaller(Larger(value, 0), 255));
}

// Border by mirror, the edge pixel not repeated: ... 2 1 [0 1 2 ... (BORDER
// REFLECT_101). Any `index`; `size` >= 1.
SIGHTLINE_HOST_DEVICE inline int Reflect101(int index, int size) {
  if (size == 1) return 0;
  while (index < 0 || index >= size) {
    index = index < 0 ? -index : 2 * size - 2 - index;
  }
  return index;
}

// Border by repeating the edge pixel (BORDER_REPLICATE).
SIGHTLINE_HOST_DEVICE inline int ClampIndex(int index, int size) {
  return Smaller(Larger(index, 0), size - 1);
}

}  // namespace sightline::preprocess::rules

#endif  // SIGHTLINE_SERVICES_PREPROCESS_ENGINE_PIXEL_RULES_HOST_DEVICE_H_
