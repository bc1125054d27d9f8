// What the networks of a georef server are.
#ifndef SIGHTLINE_TOOLS_SIGHTLINE_CLIENT_DESCRIBE_MODELS_H_
#define SIGHTLINE_TOOLS_SIGHTLINE_CLIENT_DESCRIBE_MODELS_H_

#include <string>

#include "absl/status/statusor.h"
#include "common/stop/stop_token.h"
#include "sightline/georef/v1/georef.pb.h"
#include "tools/sightline/client/connection.h"

namespace sightline::cli {

// Asks for the network `model`; empty: for all. Errors: the call's.
absl::StatusOr<georef::v1::DescribeModelResponse> DescribeModels(
    const Connection& connection, const std::string& model,
    const StopToken& stop);

}  // namespace sightline::cli

#endif  // SIGHTLINE_TOOLS_SIGHTLINE_CLIENT_DESCRIBE_MODELS_H_
