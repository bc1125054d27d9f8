// sightline-grade: reads and scores answer sheets; an align service elsewhere
// finds the pages.
#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>

#include <memory>
#include <string>

#include "absl/flags/flag.h"
#include "common/server/server.h"
#include "common/status/status_macros.h"
#include "services/grade/grade_options.h"
#include "services/grade/grade_service.h"

ABSL_FLAG(std::string, align_address, "localhost:50051",
          "Where the align service is: host:port, dns:///name:port or "
          "unix:/path.");

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
        const std::string address = absl::GetFlag(FLAGS_align_address);
        server.Add(
            std::make_unique<sightline::grade::GradeService>(limits, [address] {
              grpc::ChannelArguments arguments;
              arguments.SetLoadBalancingPolicyName("round_robin");
              return grpc::CreateCustomChannel(
                  address, grpc::InsecureChannelCredentials(), arguments);
            }));
        return absl::OkStatus();
      });
}
