// How a kernel is written once and runs on the processor and on a graphics
// device.
//
// A kernel is what one block of kBlockLanes lanes does, as a sequence of
// phases:
//
//   block.phase([&](int lane) { shared->sums[lane] = 0; });
//   block.phase([&](int lane) { ... reads what other lanes wrote ... });
//
// On a device every lane is a thread and a barrier ends each phase; on the
// processor a loop runs the lanes one after the other. So the very source that
// nvcc compiles is tested where there is no device, under sanitizers. Rules of
// a kernel:
//
// 1. Within a phase no lane reads what another lane of the block writes. Tests
//    run the lanes forwards, backwards and shuffled: whoever breaks the rule
//    gets different results. (Atomic additions are the exception.)
// 2. Whether a phase takes place is the same for all lanes.
// 3. What a lane keeps from phase to phase is a Block::Private.
// 4. Blocks of a launch come in any order; only Add() and Fence() relate them.
#ifndef SIGHTLINE_SERVICES_PREPROCESS_ENGINE_DEVICE_BLOCK_H_
#define SIGHTLINE_SERVICES_PREPROCESS_ENGINE_DEVICE_BLOCK_H_

#include <cstdint>
#if !defined(__CUDACC__)
#include <array>
#include <vector>
#endif

#include "services/preprocess/engine/pixel_rules/host_device.h"

// What marks a kernel's functions.
#if defined(__CUDACC__)
#define SIGHTLINE_KERNEL __device__
#else
#define SIGHTLINE_KERNEL
#endif

namespace sightline::preprocess::device {

inline constexpr int kBlockLanes = 256;
// Lanes that a device runs in step; their accesses to neighbouring bytes are
// one.
inline constexpr int kWarpLanes = 32;
inline constexpr int kBlockWarps = kBlockLanes / kWarpLanes;
// What a block may keep in shared memory: every device from sm_75 on has it.
inline constexpr int kMaxSharedBytes = 65536;

#if defined(__CUDACC__)

class DeviceBlock {
 public:
  SIGHTLINE_KERNEL DeviceBlock(int index, uint8_t* shared)
      : index_(index), shared_(shared) {}
  SIGHTLINE_KERNEL int index() const { return index_; }
  SIGHTLINE_KERNEL uint8_t* shared() const { return shared_; }

  template <class Body>
  SIGHTLINE_KERNEL __forceinline__ void phase(const Body& body) const {
    body(static_cast<int>(threadIdx.x));
    __syncthreads();
  }
  SIGHTLINE_KERNEL uint32_t Add(uint32_t* to, uint32_t value) const {
    return atomicAdd(to, value);
  }
  SIGHTLINE_KERNEL void Fence() const { __threadfence(); }
  SIGHTLINE_KERNEL uint32_t ReadFresh(const uint32_t* from) const {
    return __ldcg(from);
  }

  template <class Value>
  class Private {
   public:
    SIGHTLINE_KERNEL Value& operator[](int) { return value_; }

   private:
    Value value_ = {};
  };

 private:
  int index_;
  uint8_t* shared_;
};

#else

class HostBlock {
 public:
  // `order`: the lanes, as a phase runs them.
  HostBlock(int index, uint8_t* shared, const std::vector<int>& order)
      : index_(index), shared_(shared), order_(order) {}

  // Of the launch.
  int index() const { return index_; }
  // As many bytes as the launch said, aligned to 16, undefined at first.
  uint8_t* shared() const { return shared_; }

  template <class Body>
  void phase(const Body& body) const {
    for (const int lane : order_) body(lane);
  }
  // Adds atomically; returns what was there.
  uint32_t Add(uint32_t* to, uint32_t value) const {
    const uint32_t before = *to;
    *to += value;
    return before;
  }
  // What this lane wrote before, other blocks see before what it writes next.
  void Fence() const {}
  // Reads what other blocks wrote.
  uint32_t ReadFresh(const uint32_t* from) const { return *from; }

  // One value for each lane, zero at first.
  template <class Value>
  class Private {
   public:
    Value& operator[](int lane) { return values_[static_cast<size_t>(lane)]; }

   private:
    std::array<Value, kBlockLanes> values_ = {};
  };

 private:
  int index_;
  uint8_t* shared_;
  const std::vector<int>& order_;
};

#endif

}  // namespace sightline::preprocess::device

#endif  // SIGHTLINE_SERVICES_PREPROCESS_ENGINE_DEVICE_BLOCK_H_
