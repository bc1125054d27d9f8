#include "tests/support/memory/allocation_counter.h"

#include <malloc.h>

#include <atomic>
#include <cstdlib>
#include <limits>
#include <new>

namespace {

std::atomic<int64_t> live_bytes = 0;
std::atomic<int64_t> peak_bytes = 0;
std::atomic<int64_t> most_bytes = std::numeric_limits<int64_t>::max();

void* Allocate(size_t size) {
  if (live_bytes + static_cast<int64_t>(size) > most_bytes) {
    throw std::bad_alloc();
  }
  void* const memory = std::malloc(size);
  if (memory == nullptr) throw std::bad_alloc();
  const int64_t live = live_bytes +=
      static_cast<int64_t>(malloc_usable_size(memory));
  int64_t peak = peak_bytes;
  while (live > peak && !peak_bytes.compare_exchange_weak(peak, live)) {
  }
  return memory;
}

void Release(void* memory) {
  if (memory == nullptr) return;
  live_bytes -= static_cast<int64_t>(malloc_usable_size(memory));
  std::free(memory);
}

}  // namespace

void* operator new(size_t size) { return Allocate(size); }
void* operator new[](size_t size) { return Allocate(size); }
void operator delete(void* memory) noexcept { Release(memory); }
void operator delete[](void* memory) noexcept { Release(memory); }
void operator delete(void* memory, size_t) noexcept { Release(memory); }
void operator delete[](void* memory, size_t) noexcept { Release(memory); }

namespace sightline {

AllocationCounter::AllocationCounter() : before_(live_bytes) {
  peak_bytes = before_;
}

AllocationLimit::AllocationLimit(int64_t bytes) {
  most_bytes = live_bytes + bytes;
}

AllocationLimit::~AllocationLimit() {
  most_bytes = std::numeric_limits<int64_t>::max();
}

int64_t AllocationCounter::peak() const { return peak_bytes - before_; }

}  // namespace sightline
