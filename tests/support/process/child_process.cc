#include "tests/support/process/child_process.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"

extern char** environ;

namespace sightline::process {
namespace {

namespace fs = std::filesystem;

std::vector<std::string> Environment(const ChildOptions& options) {
  std::vector<std::string> out;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    if (!absl::StartsWith(*entry, "SIGHTLINE_")) out.emplace_back(*entry);
  }
  for (const auto& [name, value] : options.environment) {
    out.push_back(absl::StrCat(name, "=", value));
  }
  return out;
}

std::vector<char*> Pointers(std::vector<std::string>& strings) {
  std::vector<char*> out;
  for (std::string& string : strings) out.push_back(string.data());
  out.push_back(nullptr);
  return out;
}

// The child's part, between fork and exec: nothing here may allocate or lock.
[[noreturn]] void Become(char* const* arguments, char* const* environment,
                         int output, int group) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  constexpr char kMyself[] = "0";
  if (group >= 0 && write(group, kMyself, 1) != 1) _exit(126);
  dup2(output, STDOUT_FILENO);
  dup2(output, STDERR_FILENO);
  execve(arguments[0], arguments, environment);
  _exit(127);
}

}  // namespace

std::string BuiltProgram(const std::string& name) {
  const fs::path folder = fs::read_symlink("/proc/self/exe").parent_path();
  const fs::path beside = folder / name;
  if (fs::exists(beside)) return beside.string();
  return (folder.parent_path() / "bin" / name).string();
}

absl::StatusOr<std::unique_ptr<ChildProcess>> ChildProcess::Start(
    const std::string& program, const ChildOptions& options) {
  if (access(program.c_str(), X_OK) != 0) {
    return absl::InternalError(
        absl::StrCat(program, ": ", std::strerror(errno)));
  }
  std::vector<std::string> arguments = {program};
  arguments.insert(arguments.end(), options.arguments.begin(),
                   options.arguments.end());
  std::vector<std::string> environment = Environment(options);
  const std::vector<char*> argument_list = Pointers(arguments);
  const std::vector<char*> environment_list = Pointers(environment);
  int group = -1;
  if (options.memory_group != nullptr) {
    const std::string file = options.memory_group->processes_file();
    group = open(file.c_str(), O_WRONLY | O_CLOEXEC);
    if (group < 0) {
      return absl::InternalError(
          absl::StrCat(file, ": ", std::strerror(errno)));
    }
  }
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) {
    if (group >= 0) close(group);
    return absl::InternalError(absl::StrCat("pipe: ", std::strerror(errno)));
  }
  const pid_t id = fork();
  if (id == 0) {
    Become(argument_list.data(), environment_list.data(), ends[1], group);
  }
  const int error = errno;
  close(ends[1]);
  if (group >= 0) close(group);
  if (id < 0) {
    close(ends[0]);
    return absl::InternalError(absl::StrCat("fork: ", std::strerror(error)));
  }
  return std::unique_ptr<ChildProcess>(new ChildProcess(id, ends[0]));
}

ChildProcess::ChildProcess(pid_t id, int output)
    : id_(id), reader_([this, output] { ReadOutput(output); }) {}

ChildProcess::~ChildProcess() {
  Signal(SIGKILL);
  Wait(absl::InfiniteDuration());
  reader_.join();
}

void ChildProcess::Signal(int signal) {
  std::lock_guard<std::mutex> lock(mutex_);
  // Its id may be somebody else's by then.
  if (!HasEndedLocked()) kill(id_, signal);
}

std::optional<ExitStatus> ChildProcess::Wait(absl::Duration timeout) {
  const absl::Time deadline = absl::Now() + timeout;
  for (;;) {
    {
      std::unique_lock<std::mutex> lock(mutex_);
      if (HasEndedLocked()) {
        more_output_.wait(lock, [this] { return output_ended_; });
        return ended_;
      }
    }
    if (absl::Now() >= deadline) return std::nullopt;
    absl::SleepFor(absl::Milliseconds(2));
  }
}

bool ChildProcess::HasEndedLocked() {
  if (ended_.has_value()) return true;
  int status = 0;
  if (waitpid(id_, &status, WNOHANG) != id_) return false;
  ended_.emplace();
  if (WIFEXITED(status)) ended_->code = WEXITSTATUS(status);
  if (WIFSIGNALED(status)) ended_->signal = WTERMSIG(status);
  return true;
}

void ChildProcess::ReadOutput(int output) {
  char buffer[4096];
  for (;;) {
    const ssize_t bytes = read(output, buffer, sizeof(buffer));
    if (bytes < 0 && errno == EINTR) continue;
    std::lock_guard<std::mutex> lock(mutex_);
    if (bytes <= 0) break;
    output_.append(buffer, static_cast<size_t>(bytes));
    more_output_.notify_all();
  }
  close(output);
  std::lock_guard<std::mutex> lock(mutex_);
  output_ended_ = true;
  more_output_.notify_all();
}

std::string ChildProcess::Output() const {
  std::lock_guard<std::mutex> lock(mutex_);
  return output_;
}

std::optional<std::string> ChildProcess::WaitForLine(
    absl::string_view part, absl::Duration timeout) const {
  const absl::Time deadline = absl::Now() + timeout;
  size_t begin = 0;
  std::unique_lock<std::mutex> lock(mutex_);
  for (;;) {
    for (size_t end; (end = output_.find('\n', begin)) != std::string::npos;
         begin = end + 1) {
      const std::string line = output_.substr(begin, end - begin);
      if (absl::StrContains(line, part)) return line;
    }
    if (output_ended_ || absl::Now() >= deadline) return std::nullopt;
    more_output_.wait_until(lock, absl::ToChronoTime(deadline));
  }
}

int64_t ChildProcess::ResidentBytes() const { return StatusBytes("VmRSS:"); }

int64_t ChildProcess::PeakResidentBytes() const {
  return StatusBytes("VmHWM:");
}

absl::Duration ChildProcess::ProcessorTime() const {
  std::ifstream file(absl::StrCat("/proc/", id_, "/stat"));
  const std::string line((std::istreambuf_iterator<char>(file)),
                         std::istreambuf_iterator<char>());
  // The program's name may hold spaces: fields are counted from behind it,
  // utime and stime being the 14th and 15th of proc(5).
  const size_t name_end = line.rfind(')');
  if (name_end == std::string::npos) return absl::ZeroDuration();
  std::istringstream fields(line.substr(name_end + 1));
  std::string skipped;
  for (int field = 3; field < 14; ++field) fields >> skipped;
  int64_t user = 0;
  int64_t system = 0;
  fields >> user >> system;
  return absl::Seconds(static_cast<double>(user + system) /
                       static_cast<double>(sysconf(_SC_CLK_TCK)));
}

bool ChildProcess::ForgetPeak() {
  std::ofstream file(absl::StrCat("/proc/", id_, "/clear_refs"));
  file << "5";
  file.flush();
  return file.good();
}

int64_t ChildProcess::StatusBytes(absl::string_view name) const {
  std::ifstream status(absl::StrCat("/proc/", id_, "/status"));
  for (std::string line; std::getline(status, line);) {
    if (!absl::StartsWith(line, name)) continue;
    return int64_t{1024} *
           std::strtoll(line.c_str() + name.size(), nullptr, 10);
  }
  return 0;
}

absl::StatusOr<Ended> RunToEnd(const std::string& name,
                               const ChildOptions& options,
                               absl::Duration timeout) {
  const auto child = ChildProcess::Start(BuiltProgram(name), options);
  if (!child.ok()) return child.status();
  const auto status = (*child)->Wait(timeout);
  if (!status.has_value()) {
    return absl::DeadlineExceededError(
        absl::StrCat(name, " still runs: ", (*child)->Output()));
  }
  if (!status->code.has_value()) {
    return absl::AbortedError(absl::StrCat(name, " was ended by signal ",
                                           status->signal.value_or(0), ": ",
                                           (*child)->Output()));
  }
  return Ended{*status->code, (*child)->Output()};
}

}  // namespace sightline::process
