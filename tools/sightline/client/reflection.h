// What a server says it offers, by gRPC server reflection.
#ifndef SIGHTLINE_TOOLS_SIGHTLINE_CLIENT_REFLECTION_H_
#define SIGHTLINE_TOOLS_SIGHTLINE_CLIENT_REFLECTION_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/stop/stop_token.h"
#include "google/protobuf/descriptor.h"
#include "tools/sightline/client/connection.h"

namespace sightline::cli {

// The services of a server and everything their messages are made of.
class ServerDescription {
 public:
  // Asks by grpc.reflection.v1, then by v1alpha. Errors: those of the call;
  // FailedPrecondition REFLECTION_MISSING; Internal REFLECTION_INVALID (the
  // server's descriptors don't fit together).
  static absl::StatusOr<ServerDescription> Fetch(const Connection& connection,
                                                 const StopToken& stop);

  // Full names as the server lists them, sorted.
  const std::vector<std::string>& services() const { return services_; }
  // Of all services and what they depend on.
  const google::protobuf::DescriptorPool& pool() const { return *pool_; }

 private:
  ServerDescription() = default;
  std::vector<std::string> services_;
  std::unique_ptr<google::protobuf::DescriptorPool> pool_;
};

// Full names of the server's services. Errors as for Fetch().
absl::StatusOr<std::vector<std::string>> ListServices(
    const Connection& connection, const StopToken& stop);

}  // namespace sightline::cli

#endif  // SIGHTLINE_TOOLS_SIGHTLINE_CLIENT_REFLECTION_H_
