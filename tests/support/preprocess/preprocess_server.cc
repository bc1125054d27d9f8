#include "tests/support/preprocess/preprocess_server.h"

#include <utility>

#include "services/preprocess/preprocess_service.h"

namespace sightline::preprocess {

namespace {

GraphicsDevice DeviceOf(PreprocessServerOptions& options) {
  if (options.device_engine == nullptr) return GraphicsDevice();
  return GraphicsDevice(std::move(options.device_engine),
                        /*memory_budget_bytes=*/0);
}

}  // namespace

PreprocessServer::PreprocessServer(PreprocessServerOptions options)
    : device_(DeviceOf(options)), server_(options.server) {
  metrics_.emplace(server_.metrics_registry(), device_);
  server_.SetReadiness([this] { return device_.Readiness(); });
  server_.Add(std::make_unique<PreprocessService>(
      options.limits, ServerFacts::Of(server_), device_, *metrics_));
  wire::StartOrDie(server_);
}

std::unique_ptr<v1::PreprocessService::Stub> PreprocessServer::Stub() const {
  return v1::PreprocessService::NewStub(wire::Connect(server_));
}

wire::Answer<v1::PreprocessResponse> Ask(const PreprocessServer& server,
                                         const v1::PreprocessRequest& request) {
  return wire::AskWith<v1::PreprocessResponse>(
      [&](auto* context, auto* response) {
        return server.Stub()->Preprocess(context, request, response);
      });
}

wire::Answer<v1::PreprocessRegionsResponse> Ask(
    const PreprocessServer& server,
    const v1::PreprocessRegionsRequest& request) {
  return wire::AskWith<v1::PreprocessRegionsResponse>(
      [&](auto* context, auto* response) {
        return server.Stub()->PreprocessRegions(context, request, response);
      });
}

wire::Answer<v1::AssessQualityResponse> Ask(
    const PreprocessServer& server, const v1::AssessQualityRequest& request) {
  return wire::AskWith<v1::AssessQualityResponse>(
      [&](auto* context, auto* response) {
        return server.Stub()->AssessQuality(context, request, response);
      });
}

wire::Answer<v1::GetCapabilitiesResponse> Ask(
    const PreprocessServer& server, const v1::GetCapabilitiesRequest& request) {
  return wire::AskWith<v1::GetCapabilitiesResponse>(
      [&](auto* context, auto* response) {
        return server.Stub()->GetCapabilities(context, request, response);
      });
}

}  // namespace sightline::preprocess
