// Failures as they arrive over the wire, and as people read them.
//
// common/status/grpc_status.h reads what a server sent; here is what only a
// client needs: the retry trailer, and the words for people.
#ifndef SIGHTLINE_TOOLS_SIGHTLINE_CLIENT_RPC_ERROR_H_
#define SIGHTLINE_TOOLS_SIGHTLINE_CLIENT_RPC_ERROR_H_

#include <string>

#include "absl/status/status.h"
#include "grpcpp/client_context.h"
#include "grpcpp/support/status.h"

namespace sightline::cli {

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
