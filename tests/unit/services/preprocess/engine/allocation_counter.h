// Counts what a test program allocates. Its source replaces operator new, so it
// belongs into programs of their own.
#ifndef SIGHTLINE_TESTS_UNIT_SERVICES_PREPROCESS_ENGINE_ALLOCATION_COUNTER_H_
#define SIGHTLINE_TESTS_UNIT_SERVICES_PREPROCESS_ENGINE_ALLOCATION_COUNTER_H_

#include <cstdint>

namespace sightline::preprocess {

// Counts from its making on, all threads together. One at a time.
class AllocationCounter {
 public:
  AllocationCounter();

  // The most bytes that were held at once beyond those held at its making.
  int64_t peak() const;

 private:
  int64_t before_;
};

}  // namespace sightline::preprocess

#endif  // SIGHTLINE_TESTS_UNIT_SERVICES_PREPROCESS_ENGINE_ALLOCATION_COUNTER_H_
