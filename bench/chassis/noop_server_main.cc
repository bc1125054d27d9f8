// A server of the chassis around a service that computes nothing.
#include <memory>

#include "common/server/server.h"
#include "tests/support/probe/probe_service.h"

int main(int argc, char** argv) {
  sightline::Program program;
  program.name = "noop-server";
  program.purpose = "Adds bytes up, for measurements of the server chassis.";
  program.port = 50090;
  return sightline::RunProgram(
      argc, argv, program, [](sightline::Server& server) {
        server.Add(std::make_unique<sightline::probe::ProbeService>());
        return absl::OkStatus();
      });
}
