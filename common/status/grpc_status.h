// The one place where failures become gRPC statuses and back.
//
// absl::Status (with the details of common/status/error.h) <-> grpc::Status
// whose grpc-status-details-bin carries a google.rpc.Status. Thread-safe.
#ifndef SIGHTLINE_COMMON_STATUS_GRPC_STATUS_H_
#define SIGHTLINE_COMMON_STATUS_GRPC_STATUS_H_

#include <grpcpp/support/status.h>

#include "absl/status/status.h"
#include "google/rpc/status.pb.h"

namespace sightline {

// Every failure gets an ErrorInfo with domain "sightline"; one without a
// reason of its own gets the code's name. Messages are cut at 2000 bytes:
// statuses travel in trailers, which are bounded.
google::rpc::Status ToRpcStatus(const absl::Status& status);
grpc::Status ToGrpcStatus(const absl::Status& status);

// The way back, for clients. Details of other servers are kept as far as
// ErrorDetails can hold them.
absl::Status FromRpcStatus(const google::rpc::Status& status);
absl::Status FromGrpcStatus(const grpc::Status& status);

}  // namespace sightline

#endif  // SIGHTLINE_COMMON_STATUS_GRPC_STATUS_H_
