// Counts what a test program allocates by operator new. Its source replaces
// that, so it belongs into programs of their own: link
// sightline_test_allocations.
#ifndef SIGHTLINE_TESTS_SUPPORT_MEMORY_ALLOCATION_COUNTER_H_
#define SIGHTLINE_TESTS_SUPPORT_MEMORY_ALLOCATION_COUNTER_H_

#include <cstdint>

namespace sightline {

// Counts from its making on, all threads together. One at a time.
class AllocationCounter {
 public:
  AllocationCounter();

  // The most bytes that were held at once beyond those held at its making.
  int64_t peak() const;

 private:
  int64_t before_;
};

}  // namespace sightline

#endif  // SIGHTLINE_TESTS_SUPPORT_MEMORY_ALLOCATION_COUNTER_H_
