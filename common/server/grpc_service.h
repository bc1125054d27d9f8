// A Service as gRPC wants to see it.
#ifndef SIGHTLINE_COMMON_SERVER_GRPC_SERVICE_H_
#define SIGHTLINE_COMMON_SERVER_GRPC_SERVICE_H_

#include <grpcpp/impl/codegen/service_type.h>

#include <list>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/server/runtime.h"
#include "common/server/service.h"

namespace sightline {

// Registers every method as a stream of byte buffers (see call_reactor.h), by
// the same calls that gRPC's generated code makes.
class GrpcService final : public grpc::Service {
 public:
  // Errors: Internal when `service` lacks a method of its proto, has one too
  // many, or one of another type. Everything passed outlives the result.
  static absl::StatusOr<std::unique_ptr<GrpcService>> Create(
      const sightline::Service& service, Runtime& runtime, ServicePool& pool);

 private:
  GrpcService() = default;
  void AddBufferMethod(const std::string& path, const MethodDefinition& method,
                       Runtime& runtime, ServicePool& pool);

  // gRPC keeps pointers to the names. "/package.Service/Method".
  std::list<std::string> paths_;
};

}  // namespace sightline

#endif  // SIGHTLINE_COMMON_SERVER_GRPC_SERVICE_H_
