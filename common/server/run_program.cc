#include <csignal>
#include <functional>
#include <string>

#include "absl/strings/str_cat.h"
#include "common/memory/control_group.h"
#include "common/memory/process_memory.h"
#include "common/observe/log.h"
#include "common/server/grpc_log.h"
#include "common/server/server.h"
#include "common/status/status_macros.h"

namespace sightline {
namespace {

constexpr int kExitBadConfiguration = 2;

absl::Status Run(int argc, char** argv, const Program& program,
                 const std::function<absl::Status(Server&)>& wire) {
  SL_ASSIGN_OR_RETURN(const ServerOptions options,
                      ServerOptions::FromCommandLine(argc, argv, program));
  ConfigureLog(options.log_format, Severity::kInfo);
  RouteGrpcLog();
  const int threads = options.threads > 0 ? options.threads
                                          : ComputeThreads(ReadControlGroup());
  ConfigureAllocator(threads);
  Log(Severity::kInfo, "starting",
      {{"program", program.name}, {"version", SIGHTLINE_VERSION}});
  for (const auto& [flag, value] : EffectiveConfiguration()) {
    Log(Severity::kInfo, "configuration", {{"flag", flag}, {"value", value}});
  }
  Server server(options);
  SL_RETURN_IF_ERROR(wire(server));
  SL_RETURN_IF_ERROR(server.Start());
  server.RunUntilSignal();
  return absl::OkStatus();
}

}  // namespace

int RunProgram(int argc, char** argv, const Program& program,
               const std::function<absl::Status(Server&)>& wire) {
  // Before any thread exists: all of them inherit the mask, and the main
  // thread alone waits for the signals.
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  signal(SIGPIPE, SIG_IGN);

  const absl::Status status = Run(argc, argv, program, wire);
  if (status.ok()) return 0;
  Log(Severity::kError, "cannot serve",
      {{"error", std::string(status.message())}});
  return kExitBadConfiguration;
}

}  // namespace sightline
