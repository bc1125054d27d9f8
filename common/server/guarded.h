// Runs a handler so that no exception of a library leaves it.
#ifndef SIGHTLINE_COMMON_SERVER_GUARDED_H_
#define SIGHTLINE_COMMON_SERVER_GUARDED_H_

#include <grpcpp/support/byte_buffer.h>

#include <functional>

#include "absl/status/statusor.h"

namespace sightline {

// What `compute` returns; std::bad_alloc becomes ResourceExhausted OVERLOADED,
// any other exception Internal INTERNAL (its text goes to the log, not to the
// caller).
absl::StatusOr<grpc::ByteBuffer> Guarded(
    const std::function<absl::StatusOr<grpc::ByteBuffer>()>& compute);

}  // namespace sightline

#endif  // SIGHTLINE_COMMON_SERVER_GUARDED_H_
