// Exceptions of the libraries become statuses at the module's border.
#ifndef SIGHTLINE_SERVICES_ALIGN_ENGINE_OPENCV_GUARD_H_
#define SIGHTLINE_SERVICES_ALIGN_ENGINE_OPENCV_GUARD_H_

#include "absl/status/status.h"

namespace sightline::align {

// Called within a catch clause. ResourceExhausted MEMORY_EXHAUSTED if memory
// ran out, Internal REGISTRATION_FAILED for anything else.
absl::Status StatusOfCurrentException();

// Runs `compute`, which returns a StatusOr, and turns what is thrown into its
// status.
template <typename Compute>
auto Guarded(Compute compute) -> decltype(compute()) {
  try {
    return compute();
  } catch (...) {
    return StatusOfCurrentException();
  }
}

}  // namespace sightline::align

#endif  // SIGHTLINE_SERVICES_ALIGN_ENGINE_OPENCV_GUARD_H_
