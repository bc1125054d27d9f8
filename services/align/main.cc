// sightline-align: registers scans and photos to their template.
#include <memory>
#include <utility>

#include "common/server/server.h"
#include "common/status/status_macros.h"
#include "services/align/align_options.h"
#include "services/align/align_service.h"

int main(int argc, char** argv) {
  sightline::Program program;
  program.name = "sightline-align";
  program.purpose =
      "Registers scanned or photographed pages to their template.";
  program.port = 50051;
  program.environment_aliases = sightline::align::AlignEnvironmentAliases();
  return sightline::RunProgram(
      argc, argv, program, [](sightline::Server& server) -> absl::Status {
        SL_ASSIGN_OR_RETURN(const auto limits,
                            sightline::align::AlignLimits::FromFlags());
        server.SetAside(limits.reference_cache_bytes);
        server.Add(std::make_unique<sightline::align::AlignService>(limits));
        return absl::OkStatus();
      });
}
