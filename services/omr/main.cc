// sightline-omr: align and grade in one lean process.
#include <memory>

#include "common/server/server.h"
#include "common/status/status_macros.h"
#include "services/align/align_options.h"
#include "services/align/align_service.h"
#include "services/grade/grade_options.h"
#include "services/grade/grade_service.h"

namespace {

absl::Status Wire(sightline::Server& server) {
  SL_ASSIGN_OR_RETURN(const auto align_limits,
                      sightline::align::AlignLimits::FromFlags());
  SL_ASSIGN_OR_RETURN(const auto grade_limits,
                      sightline::grade::GradeLimits::FromFlags());
  server.SetAside(align_limits.reference_cache_bytes);
  server.Add(std::make_unique<sightline::align::AlignService>(align_limits));
  server.Add(std::make_unique<sightline::grade::GradeService>(
      grade_limits, [&server] { return server.InProcessChannel(); }));
  return absl::OkStatus();
}

}  // namespace

int main(int argc, char** argv) {
  sightline::Program program;
  program.name = "sightline-omr";
  program.purpose =
      "Finds, reads and scores scanned answer sheets: align and grade in one "
      "process.";
  program.port = 50050;
  program.environment_aliases = sightline::align::AlignEnvironmentAliases();
  for (const auto& alias : sightline::grade::GradeEnvironmentAliases()) {
    program.environment_aliases.push_back(alias);
  }
  return sightline::RunProgram(argc, argv, program, Wire);
}
