// Failures as they arrive over the wire, and as people read them.
//
// A Sightline server sends google.rpc details in grpc-status-details-bin; here
// they become an absl::Status with ErrorDetails (common/status/error.h), and
// from there text or JSON.
#ifndef SIGHTLINE_TOOLS_SIGHTLINE_CLIENT_RPC_ERROR_H_
#define SIGHTLINE_TOOLS_SIGHTLINE_CLIENT_RPC_ERROR_H_

#include <string>

#include "absl/status/status.h"
#include "google/rpc/status.pb.h"
#include "grpcpp/client_context.h"
#include "grpcpp/support/status.h"

namespace sightline::cli {

// OK for code 0. A code outside 0..16 becomes UNKNOWN. Details that can't be
// read are left out.
absl::Status FromRpcStatus(const google::rpc::Status& status);

// The outcome of a call: `status` as gRPC reports it. Without RetryInfo, a
// grpc-retry-pushback-ms trailer of `context` is taken as the time to retry
// after. The call must have ended.
absl::Status FromCall(const grpc::Status& status,
                      const grpc::ClientContext& context);

// "INVALID_ARGUMENT"; "CODE_99" for a number that is no code.
std::string CodeName(absl::StatusCode code);

// What is wrong, where, which limit, when to try again; several lines, the
// first without indent, each ended by a newline:
//
//   blocks[2].origin.x: lies outside the page (2510 > 2480)
//     field: layout.blocks[2].origin.x: lies outside the page (2510 > 2480)
//     code:  INVALID_ARGUMENT, LAYOUT_INVALID
std::string DescribeError(const absl::Status& status);

// The first line of it: message and code, for places with one line.
std::string SummarizeError(const absl::Status& status);

}  // namespace sightline::cli

#endif  // SIGHTLINE_TOOLS_SIGHTLINE_CLIENT_RPC_ERROR_H_
