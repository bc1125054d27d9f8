#include "tools/sightline/input/child_process.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/status/error.h"

namespace sightline::cli {
namespace {

constexpr size_t kMaxOutputBytes = 64 << 10;
// How late a stop or a timeout is noticed at most.
constexpr int kPollMilliseconds = 50;

absl::Status CannotStart(const std::string& program, int error) {
  if (error == ENOENT) {
    return Error(absl::StatusCode::kNotFound, "PROGRAM_NOT_FOUND")
        .Message(absl::StrCat("the program ", program, " is not installed"));
  }
  return Error(absl::StatusCode::kInternal, "PROGRAM_FAILED")
      .Message(
          absl::StrCat("cannot start ", program, ": ", std::strerror(error)));
}

// Whether the child has ended, and how. `options`: WNOHANG or 0 to wait.
bool HasEnded(pid_t child, int options, int* exit_code) {
  int state = 0;
  pid_t ended = 0;
  do {
    ended = waitpid(child, &state, options);
  } while (ended < 0 && errno == EINTR);
  *exit_code = WIFSIGNALED(state) ? 128 + WTERMSIG(state) : WEXITSTATUS(state);
  return ended != 0;
}

// A file in memory that holds `input`, read from its beginning; -1 and errno on
// failure. Unlike a pipe it takes everything at once: nobody has to write while
// somebody reads.
int InputFile(absl::string_view input) {
  const int file = memfd_create("input", MFD_CLOEXEC);
  while (file >= 0 && !input.empty()) {
    const ssize_t put = write(file, input.data(), input.size());
    if (put < 0 && errno == EINTR) continue;
    if (put <= 0) {
      const int error = errno;
      close(file);
      errno = error;
      return -1;
    }
    input.remove_prefix(put);
  }
  if (file >= 0) lseek(file, 0, SEEK_SET);
  return file;
}

// Starts the program with `input` as its standard input and both outputs going
// to `output`.
int Spawn(const std::vector<std::string>& arguments, int input, int output,
          pid_t* child) {
  std::vector<char*> pointers;
  for (const std::string& argument : arguments) {
    pointers.push_back(const_cast<char*>(argument.c_str()));
  }
  pointers.push_back(nullptr);

  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, input, 0);
  posix_spawn_file_actions_adddup2(&actions, output, 1);
  posix_spawn_file_actions_adddup2(&actions, output, 2);
  // This process blocks and ignores signals that the child needs.
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  sigset_t none;
  sigemptyset(&none);
  sigset_t restored;
  sigemptyset(&restored);
  sigaddset(&restored, SIGPIPE);
  sigaddset(&restored, SIGINT);
  sigaddset(&restored, SIGTERM);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setsigdefault(&attributes, &restored);
  posix_spawnattr_setflags(&attributes,
                           POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  const int error = posix_spawnp(child, pointers[0], &actions, &attributes,
                                 pointers.data(), environ);
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  return error;
}

}  // namespace

absl::StatusOr<ChildOutcome> RunChild(const std::vector<std::string>& arguments,
                                      absl::Duration timeout,
                                      const StopToken& stop,
                                      absl::string_view input) {
  const std::string& program = arguments.at(0);
  const int input_file = InputFile(input);
  if (input_file < 0) return CannotStart(program, errno);
  const absl::Cleanup close_input = [&] { close(input_file); };
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return CannotStart(program, errno);
  const absl::Cleanup close_reader = [&ends] { close(ends[0]); };
  pid_t child = 0;
  const int error = Spawn(arguments, input_file, ends[1], &child);
  close(ends[1]);
  if (error != 0) return CannotStart(program, error);

  ChildOutcome outcome;
  const absl::Time deadline = absl::Now() + timeout;
  bool output_ended = false;
  while (true) {
    absl::Status reason = stop.Poll();
    if (reason.ok() && absl::Now() >= deadline) {
      reason = Error(absl::StatusCode::kDeadlineExceeded, "PROGRAM_TIMEOUT")
                   .Message(absl::StrCat(program, " did not finish within ",
                                         absl::FormatDuration(timeout)));
    }
    if (!reason.ok()) {
      kill(child, SIGKILL);
      HasEnded(child, 0, &outcome.exit_code);
      return reason;
    }
    if (output_ended) {
      // A program may close its output and go on.
      if (HasEnded(child, WNOHANG, &outcome.exit_code)) break;
      absl::SleepFor(absl::Milliseconds(1));
      continue;
    }
    pollfd watched = {ends[0], POLLIN, 0};
    if (poll(&watched, 1, kPollMilliseconds) <= 0) continue;
    char buffer[4096];
    const ssize_t got = read(ends[0], buffer, sizeof(buffer));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) {
      output_ended = true;
      continue;
    }
    outcome.output.append(
        buffer, std::min<size_t>(got, kMaxOutputBytes - outcome.output.size()));
  }
  return outcome;
}

}  // namespace sightline::cli
