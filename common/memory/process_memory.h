// What this process uses, and how its allocator is kept from hoarding.
//
// glibc gives every thread an arena and keeps freed blocks for later; for a
// server that holds images of megabytes this doubles the resident set. One or
// two arenas, and thresholds that hand image-sized blocks straight back to the
// kernel, keep it flat.
#ifndef SIGHTLINE_COMMON_MEMORY_PROCESS_MEMORY_H_
#define SIGHTLINE_COMMON_MEMORY_PROCESS_MEMORY_H_

#include <cstdint>

namespace sightline {

// Bytes resident now. 0 if /proc is not mounted. Thread-safe.
int64_t ResidentBytes();

// The most bytes that were ever resident. 0 if /proc is not mounted.
// Thread-safe.
int64_t PeakResidentBytes();

// Physical memory of the machine, whatever the container may use of it.
int64_t MachineMemoryBytes();

// Limits the allocator to one arena, or two with more than two compute
// `threads`, and sets the mmap and trim thresholds to 128 KiB. Call it once,
// first thing in main(): arenas that exist stay.
void ConfigureAllocator(int threads);

// Gives free heap pages back to the kernel. Milliseconds when the heap is
// large: for the end of a big request, not for every call. Thread-safe.
void ReturnFreeMemory();

}  // namespace sightline

#endif  // SIGHTLINE_COMMON_MEMORY_PROCESS_MEMORY_H_
