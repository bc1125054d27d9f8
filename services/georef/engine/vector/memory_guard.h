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
// than can be addressed). Then `release` gives memory back first, so that there
// is some for saying so.
template <typename Value, typename Compute, typename Release>
absl::StatusOr<Value> WithinMemory(const Compute& compute,
                                   const Release& release) {
  try {
    return compute();
  } catch (const std::bad_alloc&) {
    release();
  } catch (const std::length_error&) {
    release();
  }
  return OutOfMemory();
}
template <typename Value, typename Compute>
absl::StatusOr<Value> WithinMemory(const Compute& compute) {
  return WithinMemory<Value>(compute, [] {});
}

}  // namespace sightline::georef

#endif  // SIGHTLINE_SERVICES_GEOREF_ENGINE_VECTOR_MEMORY_GUARD_H_
