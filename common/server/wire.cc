#include "common/server/wire.h"

#include <grpcpp/impl/codegen/proto_utils.h>

#include "absl/strings/str_cat.h"
#include "common/server/reasons.h"
#include "common/status/error.h"

namespace sightline {

absl::Status ParseWire(grpc::ByteBuffer& wire,
                       google::protobuf::Message& message) {
  const size_t bytes = wire.Length();
  const grpc::Status parsed =
      grpc::GenericDeserialize<grpc::ProtoBufferReader,
                               google::protobuf::Message>(&wire, &message);
  wire.Clear();
  if (parsed.ok()) return absl::OkStatus();
  return Error(absl::StatusCode::kInvalidArgument, kMalformedRequest)
      .Message(absl::StrCat("the ", bytes, " bytes received are not a valid ",
                            message.GetTypeName()));
}

absl::StatusOr<grpc::ByteBuffer> SerializeWire(
    const google::protobuf::Message& message) {
  grpc::ByteBuffer wire;
  bool owns_buffer = false;
  const grpc::Status status = grpc::GenericSerialize<grpc::ProtoBufferWriter,
                                                     google::protobuf::Message>(
      message, &wire, &owns_buffer);
  if (!status.ok()) {
    return Error(absl::StatusCode::kInternal, kInternal)
        .Message(absl::StrCat("the answer could not be serialised: ",
                              status.error_message()));
  }
  return wire;
}

}  // namespace sightline
