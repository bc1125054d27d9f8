#include "tests/support/omr/omr_server.h"

#include <grpcpp/grpcpp.h>

#include <utility>

#include "services/align/align_service.h"
#include "services/grade/grade_service.h"

namespace sightline::omr {
OmrServer::OmrServer(OmrOptions options) : server_(options.server) {
  grade::AlignClient::ChannelSource channel = std::move(options.align_channel);
  if (channel == nullptr) {
    channel = [this] { return server_.InProcessChannel(); };
  }
  server_.SetAside(options.align.reference_cache_bytes);
  server_.Add(std::make_unique<align::AlignService>(options.align));
  server_.Add(
      std::make_unique<grade::GradeService>(options.grade, std::move(channel)));
  wire::StartOrDie(server_);
}

std::shared_ptr<grpc::Channel> OmrServer::Connect() const {
  return wire::Connect(server_);
}

std::unique_ptr<align::v1::AlignService::Stub> OmrServer::Align() const {
  return align::v1::AlignService::NewStub(Connect());
}

std::unique_ptr<grade::v1::GradeService::Stub> OmrServer::Grade() const {
  return grade::v1::GradeService::NewStub(Connect());
}

Answer<align::v1::AlignResponse> Ask(const OmrServer& server,
                                     const align::v1::AlignRequest& request) {
  return wire::AskWith<align::v1::AlignResponse>(
      [&](auto* context, auto* response) {
        return server.Align()->Align(context, request, response);
      });
}

Answer<grade::v1::GradeSheetResponse> Ask(
    const OmrServer& server, const grade::v1::GradeSheetRequest& request) {
  return wire::AskWith<grade::v1::GradeSheetResponse>(
      [&](auto* context, auto* response) {
        return server.Grade()->GradeSheet(context, request, response);
      });
}

Answer<grade::v1::ValidateLayoutResponse> Ask(
    const OmrServer& server, const grade::v1::ValidateLayoutRequest& request) {
  return wire::AskWith<grade::v1::ValidateLayoutResponse>(
      [&](auto* context, auto* response) {
        return server.Grade()->ValidateLayout(context, request, response);
      });
}

Answer<grade::v1::ProposeLayoutResponse> Ask(
    const OmrServer& server, const grade::v1::ProposeLayoutRequest& request) {
  return wire::AskWith<grade::v1::ProposeLayoutResponse>(
      [&](auto* context, auto* response) {
        return server.Grade()->ProposeLayout(context, request, response);
      });
}

}  // namespace sightline::omr
