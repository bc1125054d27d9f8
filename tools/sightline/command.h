// What every subcommand is given and answers.
#ifndef SIGHTLINE_TOOLS_SIGHTLINE_COMMAND_H_
#define SIGHTLINE_TOOLS_SIGHTLINE_COMMAND_H_

#include <ostream>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "common/stop/stop_token.h"

namespace sightline::cli {

// The world as a command sees it; tests give it strings.
struct Session {
  // Results.
  std::ostream& out;
  // Errors, warnings and progress.
  std::ostream& err;
  // Whether a person looks at them: colours and progress bars only then.
  bool out_is_terminal = false;
  bool err_is_terminal = false;
  // Stopped by Ctrl-C and SIGTERM.
  StopToken stop;
};

// Runs a subcommand with what follows its name. Returns the exit code when the
// command reported its outcome itself; an error is for the caller to print and
// to turn into ExitCode().
using CommandFunction = absl::StatusOr<int> (*)(
    absl::Span<const std::string> arguments, Session& session);

// 0 for OK, 10 + the gRPC code otherwise.
inline int ExitCode(const absl::Status& status) {
  return status.ok() ? 0 : 10 + static_cast<int>(status.code());
}

// Runs "sightline `arguments`...": finds the subcommand, prints a failure for
// people to session.err, returns the exit code.
int RunSightline(absl::Span<const std::string> arguments, Session& session);

// The subcommands, one file each.
absl::StatusOr<int> RunAlign(absl::Span<const std::string> arguments,
                             Session& session);
absl::StatusOr<int> RunGrade(absl::Span<const std::string> arguments,
                             Session& session);
absl::StatusOr<int> RunPreprocess(absl::Span<const std::string> arguments,
                                  Session& session);
absl::StatusOr<int> RunGeoref(absl::Span<const std::string> arguments,
                              Session& session);
absl::StatusOr<int> RunLayout(absl::Span<const std::string> arguments,
                              Session& session);
absl::StatusOr<int> RunJobs(absl::Span<const std::string> arguments,
                            Session& session);
absl::StatusOr<int> RunHealth(absl::Span<const std::string> arguments,
                              Session& session);
absl::StatusOr<int> RunDescribe(absl::Span<const std::string> arguments,
                                Session& session);
absl::StatusOr<int> RunBench(absl::Span<const std::string> arguments,
                             Session& session);
absl::StatusOr<int> RunDoctor(absl::Span<const std::string> arguments,
                              Session& session);

}  // namespace sightline::cli

#endif  // SIGHTLINE_TOOLS_SIGHTLINE_COMMAND_H_
