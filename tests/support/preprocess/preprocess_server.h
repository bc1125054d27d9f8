// A server of preprocess for tests, wired as sightline-preprocess is, and a
// client of it over TCP.
#ifndef SIGHTLINE_TESTS_SUPPORT_PREPROCESS_PREPROCESS_SERVER_H_
#define SIGHTLINE_TESTS_SUPPORT_PREPROCESS_PREPROCESS_SERVER_H_

#include <memory>
#include <optional>

#include "common/server/server.h"
#include "services/preprocess/graphics_device.h"
#include "services/preprocess/preprocess_limits.h"
#include "services/preprocess/preprocess_metrics.h"
#include "sightline/preprocess/v1/preprocess.grpc.pb.h"
#include "tests/support/wire/item_stream.h"

namespace sightline::preprocess {

struct PreprocessServerOptions {
  ServerOptions server = wire::TestOptions();
  PreprocessLimits limits = {.image = {}, .page_threads = 2};
  // Null: no graphics device.
  std::unique_ptr<device::DeviceEngine> device_engine;
};

// A running server. Ends the process if it does not start.
class PreprocessServer {
 public:
  explicit PreprocessServer(PreprocessServerOptions options = {});

  const Server& server() const { return server_; }
  const GraphicsDevice& device() const { return device_; }
  std::unique_ptr<v1::PreprocessService::Stub> Stub() const;

 private:
  GraphicsDevice device_;
  // Before the server, whose calls use it until it is gone.
  std::optional<PreprocessMetrics> metrics_;
  Server server_;
};

// One call of a connection of its own.
wire::Answer<v1::PreprocessResponse> Ask(const PreprocessServer& server,
                                         const v1::PreprocessRequest& request);
wire::Answer<v1::PreprocessRegionsResponse> Ask(
    const PreprocessServer& server,
    const v1::PreprocessRegionsRequest& request);
wire::Answer<v1::AssessQualityResponse> Ask(
    const PreprocessServer& server, const v1::AssessQualityRequest& request);
wire::Answer<v1::GetCapabilitiesResponse> Ask(
    const PreprocessServer& server, const v1::GetCapabilitiesRequest& request);

using PageStream =
    wire::ItemStream<v1::PreprocessStreamRequest, v1::PreprocessStreamResponse>;

}  // namespace sightline::preprocess

#endif  // SIGHTLINE_TESTS_SUPPORT_PREPROCESS_PREPROCESS_SERVER_H_
