#include "tests/support/process/memory_group.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <sstream>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "common/status/status_macros.h"

namespace sightline::process {
namespace {

constexpr char kMount[] = "/sys/fs/cgroup";

std::string Read(const std::string& path) {
  std::ifstream file(path);
  std::stringstream content;
  content << file.rdbuf();
  return content.str();
}

bool Exists(const std::string& path) { return access(path.c_str(), F_OK) == 0; }

absl::Status Write(const std::string& path, const std::string& content) {
  const int file = open(path.c_str(), O_WRONLY | O_CLOEXEC);
  if (file < 0) {
    return absl::UnavailableError(
        absl::StrCat(path, ": ", std::strerror(errno)));
  }
  const ssize_t written = write(file, content.data(), content.size());
  const int error = errno;
  close(file);
  if (written == static_cast<ssize_t>(content.size())) return absl::OkStatus();
  return absl::UnavailableError(absl::StrCat(path, ": ", std::strerror(error)));
}

// The value behind `key` in lines of "key value"; 0 without such a line.
int64_t ValueOf(const std::string& lines, absl::string_view key) {
  for (const absl::string_view line : absl::StrSplit(lines, '\n')) {
    const std::vector<absl::string_view> words = absl::StrSplit(line, ' ');
    int64_t value = 0;
    if (words.size() == 2 && words[0] == key &&
        absl::SimpleAtoi(words[1], &value)) {
      return value;
    }
  }
  return 0;
}

// The group this process is in: "/" or "/a/b". `controllers`: "" for version
// 2, "memory" for version 1.
std::string OwnGroup(absl::string_view controllers) {
  const std::string groups = Read("/proc/self/cgroup");
  for (const absl::string_view line : absl::StrSplit(groups, '\n')) {
    const std::vector<absl::string_view> parts =
        absl::StrSplit(line, absl::MaxSplits(':', 2));
    if (parts.size() != 3) continue;
    for (const absl::string_view name : absl::StrSplit(parts[1], ',')) {
      if (name == controllers) return std::string(parts[2]);
    }
  }
  return "/";
}

}  // namespace

MemoryGroup::MemoryGroup(std::string folder, bool is_version_2,
                         int64_t limit_bytes)
    : folder_(std::move(folder)),
      is_version_2_(is_version_2),
      limit_bytes_(limit_bytes) {}

MemoryGroup::MemoryGroup(MemoryGroup&& other) noexcept
    : folder_(std::exchange(other.folder_, "")),
      is_version_2_(other.is_version_2_),
      limit_bytes_(other.limit_bytes_) {}

MemoryGroup::~MemoryGroup() {
  if (folder_.empty()) return;
  // A process that was waited for may be accounted for a moment longer.
  for (int i = 0; i < 100 && rmdir(folder_.c_str()) != 0 && errno == EBUSY;
       ++i) {
    absl::SleepFor(absl::Milliseconds(20));
  }
}

absl::StatusOr<MemoryGroup> MemoryGroup::Create(int64_t limit_bytes) {
  const std::string first = absl::StrCat(kMount, "/memory");
  const bool is_version_2 = !Exists(first);
  const std::string mount = is_version_2 ? kMount : first;
  const std::string own = OwnGroup(is_version_2 ? "" : "memory");
  std::vector<std::string> parents;
  if (own != "/") parents.push_back(absl::StrCat(mount, own));
  // In a container the own group's path may be that of the host.
  parents.push_back(mount);
  std::vector<std::string> failures;
  for (const std::string& parent : parents) {
    absl::StatusOr<MemoryGroup> group =
        CreateIn(parent, is_version_2, limit_bytes);
    if (group.ok()) return group;
    failures.emplace_back(group.status().message());
  }
  return absl::UnavailableError(
      absl::StrCat("memory control groups can't be written here: ",
                   absl::StrJoin(failures, "; ")));
}

absl::StatusOr<MemoryGroup> MemoryGroup::CreateIn(const std::string& parent,
                                                  bool is_version_2,
                                                  int64_t limit_bytes) {
  static std::atomic<int> count = 0;
  const std::string folder =
      absl::StrCat(parent, "/sightline_test_", getpid(), "_", count++);
  if (mkdir(folder.c_str(), 0755) != 0) {
    return absl::UnavailableError(
        absl::StrCat(folder, ": ", std::strerror(errno)));
  }
  MemoryGroup group(folder, is_version_2, limit_bytes);
  const std::string limit = absl::StrCat(limit_bytes);
  const std::string file =
      is_version_2 ? "/memory.max" : "/memory.limit_in_bytes";
  if (!Exists(folder + file)) {
    return absl::UnavailableError(
        absl::StrCat(parent, ": does not pass the memory controller on"));
  }
  SL_RETURN_IF_ERROR(Write(folder + file, limit));
  // Absent where the kernel does not account swap.
  const std::string swap =
      is_version_2 ? "/memory.swap.max" : "/memory.memsw.limit_in_bytes";
  if (Exists(folder + swap)) {
    SL_RETURN_IF_ERROR(Write(folder + swap, is_version_2 ? "0" : limit));
  }
  return group;
}

std::string MemoryGroup::processes_file() const {
  return absl::StrCat(folder_, "/cgroup.procs");
}

std::optional<int64_t> MemoryGroup::PeakBytes() const {
  const std::string text = Read(absl::StrCat(
      folder_, is_version_2_ ? "/memory.peak" : "/memory.max_usage_in_bytes"));
  int64_t bytes = 0;
  if (!absl::SimpleAtoi(text, &bytes)) return std::nullopt;
  return bytes;
}

int64_t MemoryGroup::Kills() const {
  return ValueOf(
      Read(absl::StrCat(
          folder_, is_version_2_ ? "/memory.events" : "/memory.oom_control")),
      "oom_kill");
}

}  // namespace sightline::process
