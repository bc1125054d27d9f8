// How a server is set up: parsed and checked once, then never changed.
//
// Every option is a flag with an environment twin: --memory_budget is
// SIGHTLINE_MEMORY_BUDGET. A flag wins over its twin. A SIGHTLINE_* variable
// that is no flag's twin is refused: a misspelt limit must not go unnoticed.
#ifndef SIGHTLINE_COMMON_SERVER_SERVER_OPTIONS_H_
#define SIGHTLINE_COMMON_SERVER_SERVER_OPTIONS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/credentials/server_credentials.h"
#include "common/observe/log.h"

namespace sightline {

// What a program is.
struct Program {
  // "sightline-omr"
  std::string name;
  // One sentence for --help.
  std::string purpose;
  // Default port; metrics are on port + 1000.
  int port = 0;
  // Environment variables that are other names of flags:
  // {"MAX_IMAGE_DIMENSION", "max_image_dimension"}.
  std::vector<std::pair<std::string, std::string>> environment_aliases;
};

struct ServerOptions {
  // "host:port" or "unix:/path".
  std::string listen;
  // "host:port"; empty: no metrics endpoint.
  std::string metrics_listen;
  // Bytes the whole process may use; 0: the control group's limit, or the
  // machine's memory.
  int64_t memory_budget_bytes = 0;
  // Threads that compute; 0: as many as the control group has processors.
  int threads = 0;
  // Largest unary request, and largest single message of a stream.
  int64_t max_message_bytes = int64_t{8} << 20;
  // Largest item of a conveyor stream.
  int64_t max_item_bytes = int64_t{64} << 20;
  // Calls that may wait for memory or a worker, and how long.
  int max_waiting = 256;
  absl::Duration queue_timeout = absl::Seconds(10);
  // A client that sends nothing for this long while its request is incomplete
  // is given up.
  absl::Duration body_timeout = absl::Seconds(30);
  // After SIGTERM: how long to report NOT_SERVING before refusing calls, and
  // how long accepted calls may take to finish.
  absl::Duration predrain = absl::Seconds(2);
  absl::Duration drain_timeout = absl::Seconds(25);
  // A worker that computes one thing for longer makes the liveness probe fail.
  absl::Duration stall_timeout = absl::Minutes(5);
  std::optional<TlsFiles> tls;
  // File that holds the bearer token callers must send; empty: none needed.
  std::string token_file;
  bool reflection = true;
  bool channelz = false;
  LogFormat log_format = LogFormat::kJson;

  // Parses the environment, then the command line. --help and --version print
  // and exit. Errors: InvalidArgument BAD_CONFIGURATION.
  static absl::StatusOr<ServerOptions> FromCommandLine(int argc, char** argv,
                                                       const Program& program);
};

// Applies SIGHTLINE_* variables and aliases to the flags. `environment`:
// "NAME=value" strings. Errors: InvalidArgument BAD_CONFIGURATION that names
// the variable.
absl::Status ApplyEnvironment(const std::vector<std::string>& environment,
                              const Program& program);

// Every flag of Sightline with its value, for the log at start. Values of
// flags that name secrets are file names, never contents.
std::vector<std::pair<std::string, std::string>> EffectiveConfiguration();

}  // namespace sightline

#endif  // SIGHTLINE_COMMON_SERVER_SERVER_OPTIONS_H_
