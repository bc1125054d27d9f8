// The standard health service, grpc.health.v1, as a client sees it.
#ifndef SIGHTLINE_TOOLS_SIGHTLINE_CLIENT_HEALTH_H_
#define SIGHTLINE_TOOLS_SIGHTLINE_CLIENT_HEALTH_H_

#include <string>

#include "absl/status/statusor.h"
#include "common/stop/stop_token.h"
#include "tools/sightline/client/connection.h"

namespace sightline::cli {

inline constexpr char kServing[] = "SERVING";

// The state of `service` ("" is the whole server), such as "SERVING" or
// "NOT_SERVING". Errors: those of the call; NotFound: no such service.
absl::StatusOr<std::string> CheckHealth(const Connection& connection,
                                        const std::string& service,
                                        const StopToken& stop);

}  // namespace sightline::cli

#endif  // SIGHTLINE_TOOLS_SIGHTLINE_CLIENT_HEALTH_H_
