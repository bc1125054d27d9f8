#include "tools/sightline/client/describe_models.h"

#include "common/status/status_macros.h"
#include "sightline/georef/v1/georef.grpc.pb.h"

namespace sightline::cli {

absl::StatusOr<georef::v1::DescribeModelResponse> DescribeModels(
    const Connection& connection, const std::string& model,
    const StopToken& stop) {
  const auto stub = georef::v1::GeorefService::NewStub(connection.channel());
  georef::v1::DescribeModelRequest request;
  request.set_model(model);
  georef::v1::DescribeModelResponse response;
  SL_RETURN_IF_ERROR(connection.Call(stop, [&](grpc::ClientContext* context) {
    response.Clear();
    return stub->DescribeModel(context, request, &response);
  }));
  return response;
}

}  // namespace sightline::cli
