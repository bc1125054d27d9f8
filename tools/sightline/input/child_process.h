// Runs another program to its end, without a shell.
#ifndef SIGHTLINE_TOOLS_SIGHTLINE_INPUT_CHILD_PROCESS_H_
#define SIGHTLINE_TOOLS_SIGHTLINE_INPUT_CHILD_PROCESS_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/stop/stop_token.h"

namespace sightline::cli {

struct ChildOutcome {
  // 0..255, or 128 + the signal that ended it.
  int exit_code = 0;
  // The first 64 KiB of standard output and standard error together.
  std::string output;
};

// Runs `arguments` (the program first, looked up in PATH) with `input` on its
// standard input. It is killed after `timeout` and when `stop` is stopped.
// Errors: NotFound PROGRAM_NOT_FOUND; DeadlineExceeded PROGRAM_TIMEOUT; the
// stop's reason; Internal PROGRAM_FAILED when it can't be started.
absl::StatusOr<ChildOutcome> RunChild(const std::vector<std::string>& arguments,
                                      absl::Duration timeout,
                                      const StopToken& stop,
                                      absl::string_view input = {});

}  // namespace sightline::cli

#endif  // SIGHTLINE_TOOLS_SIGHTLINE_INPUT_CHILD_PROCESS_H_
