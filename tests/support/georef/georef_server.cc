#include "tests/support/georef/georef_server.h"

#include <cstdio>
#include <cstdlib>
#include <utility>

#include "services/georef/georef_service.h"

namespace sightline::georef {
namespace {

void OrDie(const absl::Status& status) {
  if (status.ok()) return;
  std::fprintf(stderr, "the georef server does not start: %s\n",
               status.ToString().c_str());
  std::abort();
}

std::unique_ptr<Models> LoadOrDie(ModelsOptions options) {
  auto models = Models::Load(std::move(options));
  OrDie(models.status());
  return *std::move(models);
}

}  // namespace

GeorefServer::GeorefServer(GeorefServerOptions options)
    : models_(LoadOrDie(std::move(options.models))), server_(options.server) {
  for (const std::string& profile : options.overlay_profiles) {
    OrDie(profiles_.Add(profile));
  }
  server_.SetAside(models_->resident_bytes());
  server_.Add(
      std::make_unique<GeorefService>(options.limits, *models_, profiles_));
  wire::StartOrDie(server_);
}

std::unique_ptr<v1::GeorefService::Stub> GeorefServer::Stub() const {
  return v1::GeorefService::NewStub(wire::Connect(server_));
}

wire::Answer<v1::ProcessResponse> Ask(const GeorefServer& server,
                                      const v1::ProcessRequest& request) {
  return wire::AskWith<v1::ProcessResponse>([&](auto* context, auto* response) {
    return server.Stub()->Process(context, request, response);
  });
}

wire::Answer<v1::SegmentResponse> Ask(const GeorefServer& server,
                                      const v1::SegmentRequest& request) {
  return wire::AskWith<v1::SegmentResponse>([&](auto* context, auto* response) {
    return server.Stub()->Segment(context, request, response);
  });
}

wire::Answer<v1::ReadOverlayResponse> Ask(
    const GeorefServer& server, const v1::ReadOverlayRequest& request) {
  return wire::AskWith<v1::ReadOverlayResponse>(
      [&](auto* context, auto* response) {
        return server.Stub()->ReadOverlay(context, request, response);
      });
}

wire::Answer<v1::GeoreferenceResponse> Ask(
    const GeorefServer& server, const v1::GeoreferenceRequest& request) {
  return wire::AskWith<v1::GeoreferenceResponse>(
      [&](auto* context, auto* response) {
        return server.Stub()->Georeference(context, request, response);
      });
}

wire::Answer<v1::ComputeFootprintResponse> Ask(
    const GeorefServer& server, const v1::ComputeFootprintRequest& request) {
  return wire::AskWith<v1::ComputeFootprintResponse>(
      [&](auto* context, auto* response) {
        return server.Stub()->ComputeFootprint(context, request, response);
      });
}

wire::Answer<v1::DescribeModelResponse> Ask(
    const GeorefServer& server, const v1::DescribeModelRequest& request) {
  return wire::AskWith<v1::DescribeModelResponse>(
      [&](auto* context, auto* response) {
        return server.Stub()->DescribeModel(context, request, response);
      });
}

}  // namespace sightline::georef
