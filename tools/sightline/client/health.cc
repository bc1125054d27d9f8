#include "tools/sightline/client/health.h"

#include "absl/strings/str_cat.h"
#include "common/status/status_macros.h"
#include "grpc/health/v1/health.grpc.pb.h"

namespace sightline::cli {

using grpc::health::v1::HealthCheckRequest;
using grpc::health::v1::HealthCheckResponse;

absl::StatusOr<std::string> CheckHealth(const Connection& connection,
                                        const std::string& service,
                                        const StopToken& stop) {
  const auto stub = grpc::health::v1::Health::NewStub(connection.channel());
  HealthCheckRequest request;
  request.set_service(service);
  HealthCheckResponse response;
  SL_RETURN_IF_ERROR(connection.Call(stop, [&](grpc::ClientContext* context) {
    response.Clear();
    return stub->Check(context, request, &response);
  }));
  if (!HealthCheckResponse::ServingStatus_IsValid(response.status())) {
    return absl::StrCat("STATE_", static_cast<int>(response.status()));
  }
  return HealthCheckResponse::ServingStatus_Name(response.status());
}

}  // namespace sightline::cli
