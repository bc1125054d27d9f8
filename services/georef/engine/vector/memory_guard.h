// Turns exhausted memory into a failure, where the functions of this folder
// meet their callers.
#ifndef SIGHTLINE_SERVICES_GEOREF_ENGINE_VECTOR_MEMORY_GUARD_H_
#define SIGHTLINE_SERVICES_GEOREF_ENGINE_VECTOR_MEMORY_GUARD_H_

#include <new>
#include <stdexcept>

#include "absl/status/statusor.h"
#include "common/status/error.h"
#include "services/georef/engine/reasons.h"

namespace sightline::georef {

inline absl::Status OutOfMemory() {
  return Error(absl::StatusCode::kResourceExhausted, kOutOfMemory)
      .Message("memory ran out while working on outlines");
}

// What `compute`, a function without arguments, returns; ResourceExhausted
// GEOREF_OUT_OF_MEMORY if it throws std::bad_alloc (or std::length_error: more
// than can be addressed).
template <typename Value, typename Compute>
absl::StatusOr<Value> WithinMemory(const Compute& compute) {
  try {
    return compute();
  } catch (const std::bad_alloc&) {
    return OutOfMemory();
  } catch (const std::length_error&) {
    return OutOfMemory();
  }
}

}  // namespace sightline::georef

#endif  // SIGHTLINE_SERVICES_GEOREF_ENGINE_VECTOR_MEMORY_GUARD_H_
