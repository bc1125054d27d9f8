// sightline-grade: reads and scores answer sheets; an align service elsewhere
// finds the pages.
#include <memory>

#include "common/server/server.h"
#include "common/status/status_macros.h"
#include "services/grade/grade_options.h"
#include "services/grade/grade_service.h"
#include "services/grade/remote_align.h"

int main(int argc, char** argv) {
  sightline::Program program;
  program.name = "sightline-grade";
  program.purpose = "Reads and scores optical-mark answer sheets.";
  program.port = 50052;
  program.environment_aliases = sightline::grade::GradeEnvironmentAliases();
  return sightline::RunProgram(
      argc, argv, program, [](sightline::Server& server) -> absl::Status {
        SL_ASSIGN_OR_RETURN(const auto limits,
                            sightline::grade::GradeLimits::FromFlags());
        SL_ASSIGN_OR_RETURN(const auto align,
                            sightline::grade::RemoteAlignFromFlags());
        server.Add(std::make_unique<sightline::grade::GradeService>(
            limits, [align] { return align; }));
        return absl::OkStatus();
      });
}
