// sightline-preprocess: cleans scanned and photographed pages for OCR.
#include <memory>

#include "common/server/server.h"
#include "common/status/status_macros.h"
#include "services/preprocess/preprocess_limits.h"
#include "services/preprocess/preprocess_service.h"

int main(int argc, char** argv) {
  sightline::Program program;
  program.name = "sightline-preprocess";
  program.purpose = "Cleans scanned and photographed pages for OCR.";
  program.port = 50053;
  return sightline::RunProgram(
      argc, argv, program, [](sightline::Server& server) -> absl::Status {
        namespace preprocess = sightline::preprocess;
        SL_ASSIGN_OR_RETURN(const auto limits,
                            preprocess::PreprocessLimits::FromFlags());
        server.Add(std::make_unique<preprocess::PreprocessService>(
            limits, preprocess::ServerFacts::Of(server)));
        return absl::OkStatus();
      });
}
