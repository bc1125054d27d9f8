// A server of georef for tests, wired as sightline-georef is, and a client of
// it over TCP.
#ifndef SIGHTLINE_TESTS_SUPPORT_GEOREF_GEOREF_SERVER_H_
#define SIGHTLINE_TESTS_SUPPORT_GEOREF_GEOREF_SERVER_H_

#include <memory>
#include <string>
#include <vector>

#include "common/server/server.h"
#include "services/georef/georef_limits.h"
#include "services/georef/models.h"
#include "services/georef/overlay_profiles.h"
#include "sightline/georef/v1/georef.grpc.pb.h"
#include "tests/support/wire/item_stream.h"

namespace sightline::georef {

struct GeorefServerOptions {
  ServerOptions server = wire::TestOptions();
  GeorefLimits limits;
  // Not looked at by itself: tests call LoadChanges().
  ModelsOptions models = {.folders = {},
                          .runtime = {},
                          .model = {},
                          .check_interval = absl::ZeroDuration()};
  // JSON texts.
  std::vector<std::string> overlay_profiles;
};

// A running server. Ends the process if it does not start.
class GeorefServer {
 public:
  explicit GeorefServer(GeorefServerOptions options = {});

  const Server& server() const { return server_; }
  Models& models() { return *models_; }
  std::unique_ptr<v1::GeorefService::Stub> Stub() const;

 private:
  // Before the server, whose calls use them until it is gone.
  std::unique_ptr<Models> models_;
  OverlayProfiles profiles_;
  Server server_;
};

// One call of a connection of its own.
wire::Answer<v1::ProcessResponse> Ask(const GeorefServer& server,
                                      const v1::ProcessRequest& request);
wire::Answer<v1::SegmentResponse> Ask(const GeorefServer& server,
                                      const v1::SegmentRequest& request);
wire::Answer<v1::ReadOverlayResponse> Ask(
    const GeorefServer& server, const v1::ReadOverlayRequest& request);
wire::Answer<v1::GeoreferenceResponse> Ask(
    const GeorefServer& server, const v1::GeoreferenceRequest& request);
wire::Answer<v1::ComputeFootprintResponse> Ask(
    const GeorefServer& server, const v1::ComputeFootprintRequest& request);
wire::Answer<v1::DescribeModelResponse> Ask(
    const GeorefServer& server, const v1::DescribeModelRequest& request);

using FrameStreamCall =
    wire::ItemStream<v1::ProcessStreamRequest, v1::ProcessStreamResponse>;

}  // namespace sightline::georef

#endif  // SIGHTLINE_TESTS_SUPPORT_GEOREF_GEOREF_SERVER_H_
