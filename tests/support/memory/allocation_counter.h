// Counts what a test program allocates by operator new, and limits it. Its
// source replaces
// that operator, so it belongs into programs of their own: link
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

// As long as it lives, operator new throws std::bad_alloc instead of holding
// more than `bytes` beyond what is held at its making. One at a time.
class AllocationLimit {
 public:
  explicit AllocationLimit(int64_t bytes);
  ~AllocationLimit();
  AllocationLimit(const AllocationLimit&) = delete;
  AllocationLimit& operator=(const AllocationLimit&) = delete;
};

}  // namespace sightline

#endif  // SIGHTLINE_TESTS_SUPPORT_MEMORY_ALLOCATION_COUNTER_H_
