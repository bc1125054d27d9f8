// A program in a process of its own, from its start to its exit.
//
// For tests and benchmarks that look at a program from outside: its output,
// its memory, its exit code, and what it does on a signal. Thread-safe, but
// for Start(), which belongs to a thread that outlives the child.
#ifndef SIGHTLINE_TESTS_SUPPORT_PROCESS_CHILD_PROCESS_H_
#define SIGHTLINE_TESTS_SUPPORT_PROCESS_CHILD_PROCESS_H_

#include <sys/types.h>

#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "tests/support/process/memory_group.h"

namespace sightline::process {

// The path of the program `name` of this build: beside this program, or in the
// folder bin beside its folder.
std::string BuiltProgram(const std::string& name);

struct ChildOptions {
  std::vector<std::string> arguments;
  // Added to what this process has, less its SIGHTLINE_* variables.
  std::vector<std::pair<std::string, std::string>> environment;
  // Joined before the program begins; outlives the child.
  const MemoryGroup* memory_group = nullptr;
};

// How a process ended.
struct ExitStatus {
  // Its exit code; absent when a signal ended it.
  std::optional<int> code;
  std::optional<int> signal;
};

class ChildProcess {
 public:
  // Errors: Internal (the program can't be started; says why).
  static absl::StatusOr<std::unique_ptr<ChildProcess>> Start(
      const std::string& program, const ChildOptions& options);

  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;
  // Kills it if it still runs.
  ~ChildProcess();

  // Sends `signal`; nothing happens once it was waited for.
  void Signal(int signal);
  // How it ended; nullopt if it still runs after `timeout`.
  std::optional<ExitStatus> Wait(absl::Duration timeout);

  // What it wrote to stdout and stderr until now; after Wait(), all of it.
  std::string Output() const;
  // The first line of output that contains `part`, without its newline;
  // nullopt if there is none after `timeout` or when the output ends.
  std::optional<std::string> WaitForLine(absl::string_view part,
                                         absl::Duration timeout) const;

  // Resident memory now, and the most since its start or ForgetPeak(). 0 once
  // it has ended.
  int64_t ResidentBytes() const;
  int64_t PeakResidentBytes() const;
  // Processor time it took since its start, to 10 ms. 0 once it has ended.
  absl::Duration ProcessorTime() const;
  // Makes the peak what is resident now. False where the kernel does not let
  // us.
  bool ForgetPeak();

 private:
  ChildProcess(pid_t id, int output);

  void ReadOutput(int output);
  // Takes note of its end if it has ended.
  bool HasEndedLocked();
  int64_t StatusBytes(absl::string_view name) const;

  const pid_t id_;
  mutable std::mutex mutex_;
  mutable std::condition_variable more_output_;
  // All guarded by mutex_.
  std::string output_;
  bool output_ended_ = false;
  std::optional<ExitStatus> ended_;
  std::thread reader_;
};

// How a program ended, and all it wrote.
struct Ended {
  int code = -1;
  std::string output;
};

// Runs the built program `name` to its end. Errors: Internal (it can't be
// started), DeadlineExceeded (it still ran after `timeout`; it was killed),
// Aborted (a signal ended it).
absl::StatusOr<Ended> RunToEnd(const std::string& name,
                               const ChildOptions& options,
                               absl::Duration timeout = absl::Minutes(1));

}  // namespace sightline::process

#endif  // SIGHTLINE_TESTS_SUPPORT_PROCESS_CHILD_PROCESS_H_
