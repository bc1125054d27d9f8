// Protobuf messages to and from gRPC's byte buffers.
#ifndef SIGHTLINE_COMMON_SERVER_WIRE_H_
#define SIGHTLINE_COMMON_SERVER_WIRE_H_

#include <grpcpp/support/byte_buffer.h>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "google/protobuf/message.h"

namespace sightline {

// Parses `wire` into `message` and empties `wire`. Errors: InvalidArgument
// MALFORMED_REQUEST.
absl::Status ParseWire(grpc::ByteBuffer& wire,
                       google::protobuf::Message& message);

// Errors: Internal (a message beyond 2 GiB).
absl::StatusOr<grpc::ByteBuffer> SerializeWire(
    const google::protobuf::Message& message);

}  // namespace sightline

#endif  // SIGHTLINE_COMMON_SERVER_WIRE_H_
