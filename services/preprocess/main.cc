// sightline-preprocess: cleans scanned and photographed pages for OCR.
#include <memory>
#include <optional>
#include <utility>

#include "common/server/server.h"
#include "common/status/status_macros.h"
#include "services/preprocess/graphics_device.h"
#include "services/preprocess/preprocess_limits.h"
#include "services/preprocess/preprocess_metrics.h"
#include "services/preprocess/preprocess_service.h"

namespace {

namespace preprocess = sightline::preprocess;

// What the service refers to; it outlives the server.
struct Parts {
  preprocess::GraphicsDevice device;
  std::optional<preprocess::PreprocessMetrics> metrics;
};

absl::Status Wire(sightline::Server& server, Parts& parts) {
  SL_ASSIGN_OR_RETURN(const auto limits,
                      preprocess::PreprocessLimits::FromFlags());
  SL_ASSIGN_OR_RETURN(const auto options,
                      preprocess::GraphicsDeviceOptions::FromFlags());
  SL_ASSIGN_OR_RETURN(parts.device, preprocess::GraphicsDevice::Open(options));
  parts.metrics.emplace(server.metrics_registry(), parts.device);
  server.SetAside(parts.device.host_bytes());
  server.SetReadiness([&parts] { return parts.device.Readiness(); });
  server.Add(std::make_unique<preprocess::PreprocessService>(
      limits, preprocess::ServerFacts::Of(server), parts.device,
      *parts.metrics));
  return absl::OkStatus();
}

}  // namespace

int main(int argc, char** argv) {
  sightline::Program program;
  program.name = "sightline-preprocess";
  program.purpose = "Cleans scanned and photographed pages for OCR.";
  program.port = 50053;
  Parts parts;
  return sightline::RunProgram(
      argc, argv, program,
      [&parts](sightline::Server& server) { return Wire(server, parts); });
}
