#include "common/memory/control_group.h"

#include <sched.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <limits>
#include <sstream>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"

namespace sightline {
namespace {

// Version 1 writes "no limit" as the largest multiple of the page size; no
// machine has an exbibyte.
constexpr int64_t kNoLimitBytes = int64_t{1} << 60;

// A tree of groups as mounted, and where this process stands in it.
struct Tree {
  // Folder of the topmost visible group.
  std::string top;
  // Folder of this process' group: `top` or below.
  std::string own;
};

// The trees that may hold a controller's limits, by layout.
struct Trees {
  std::optional<Tree> version_1;
  std::optional<Tree> version_2;
};

std::optional<std::string> ReadFile(const std::string& path) {
  std::ifstream file(path);
  if (!file) return std::nullopt;
  std::ostringstream content;
  content << file.rdbuf();
  if (file.bad()) return std::nullopt;
  return std::move(content).str();
}

std::vector<std::string> Lines(const std::optional<std::string>& content) {
  if (!content.has_value()) return {};
  return absl::StrSplit(*content, '\n', absl::SkipWhitespace());
}

bool IsFolder(const std::string& path) {
  std::error_code error;
  return std::filesystem::is_directory(path, error);
}

// The kernel writes white space and backslashes in paths as octal: "\040".
std::string DecodeOctal(absl::string_view path) {
  const auto is_octal = [](char c) { return c >= '0' && c <= '7'; };
  std::string decoded;
  for (size_t i = 0; i < path.size(); ++i) {
    if (path[i] == '\\' && i + 3 < path.size() && is_octal(path[i + 1]) &&
        is_octal(path[i + 2]) && is_octal(path[i + 3])) {
      decoded.push_back(static_cast<char>((path[i + 1] - '0') * 64 +
                                          (path[i + 2] - '0') * 8 +
                                          (path[i + 3] - '0')));
      i += 3;
    } else {
      decoded.push_back(path[i]);
    }
  }
  return decoded;
}

bool Lists(absl::string_view comma_separated, absl::string_view name) {
  const std::vector<absl::string_view> names =
      absl::StrSplit(comma_separated, ',');
  return std::find(names.begin(), names.end(), name) != names.end();
}

// Where a hierarchy is mounted, from /proc/self/mountinfo.
struct Mount {
  // The group that the mount shows as its top, as a path of the hierarchy.
  std::string group;
  // Where the mount stands.
  std::string folder;
  // "cgroup" or "cgroup2".
  std::string type;
  // Names the controllers of version 1 among others.
  std::string options;
};

// A line is "id parent major:minor root folder options [tag ...] - type source
// super_options"; see proc(5).
std::vector<Mount> ReadMounts(const std::string& root) {
  std::vector<Mount> mounts;
  for (const std::string& line :
       Lines(ReadFile(absl::StrCat(root, "/proc/self/mountinfo")))) {
    const std::vector<std::string> halves =
        absl::StrSplit(line, absl::MaxSplits(" - ", 1));
    if (halves.size() != 2) continue;
    const std::vector<std::string> first =
        absl::StrSplit(halves[0], ' ', absl::SkipEmpty());
    const std::vector<std::string> second =
        absl::StrSplit(halves[1], ' ', absl::SkipEmpty());
    if (first.size() < 6 || second.size() < 3) continue;
    if (second[0] != "cgroup" && second[0] != "cgroup2") continue;
    mounts.push_back(
        {DecodeOctal(first[3]), DecodeOctal(first[4]), second[0], second[2]});
  }
  return mounts;
}

// The group's path below the mount's top, "" or "/a/b"; nullopt if the group
// is not below it.
std::optional<std::string> PathBelow(absl::string_view group,
                                     absl::string_view top) {
  // Seen from inside a control group namespace, groups outside begin "/..".
  if (absl::StrContains(group, "..") || absl::StrContains(top, "..")) {
    return std::nullopt;
  }
  while (absl::EndsWith(top, "/")) top.remove_suffix(1);
  while (absl::EndsWith(group, "/")) group.remove_suffix(1);
  if (!absl::StartsWith(group, top)) return std::nullopt;
  group.remove_prefix(top.size());
  if (!group.empty() && group[0] != '/') return std::nullopt;
  return std::string(group);
}

// `group`: from /proc/self/cgroup. A container may be shown the host's path
// there, but only its own group in the mount; then the mount's top is its own.
Tree Locate(const std::string& root, const std::string& group,
            const Mount& mount) {
  Tree tree;
  tree.top = absl::StrCat(root, mount.folder);
  tree.own = tree.top;
  const std::optional<std::string> below = PathBelow(group, mount.group);
  if (below.has_value()) {
    const std::string own = absl::StrCat(tree.top, *below);
    if (IsFolder(own)) tree.own = own;
  }
  return tree;
}

// Where `controller` ("memory" or "cpu") is to be read.
Trees FindTrees(const std::string& root, absl::string_view controller) {
  std::vector<Mount> mounts = ReadMounts(root);
  if (mounts.empty()) {
    // Sandboxes without mountinfo still mount at the usual place.
    mounts.push_back({"/", "/sys/fs/cgroup", "cgroup2", ""});
    mounts.push_back({"/", absl::StrCat("/sys/fs/cgroup/", controller),
                      "cgroup", std::string(controller)});
  }
  Trees trees;
  for (const std::string& line :
       Lines(ReadFile(absl::StrCat(root, "/proc/self/cgroup")))) {
    // "4:memory:/group" for version 1, "0::/group" for version 2.
    const std::vector<std::string> parts =
        absl::StrSplit(line, absl::MaxSplits(':', 2));
    if (parts.size() != 3) continue;
    const bool is_version_2 = parts[0] == "0" && parts[1].empty();
    if (!is_version_2 && !Lists(parts[1], controller)) continue;
    for (const Mount& mount : mounts) {
      if (!IsFolder(absl::StrCat(root, mount.folder))) continue;
      if (is_version_2 && mount.type == "cgroup2") {
        trees.version_2 = Locate(root, parts[2], mount);
        break;
      }
      if (!is_version_2 && mount.type == "cgroup" &&
          Lists(mount.options, controller)) {
        trees.version_1 = Locate(root, parts[2], mount);
        break;
      }
    }
  }
  return trees;
}

// The folders from the process' own group up to the top.
std::vector<std::string> WayUp(const Tree& tree) {
  std::vector<std::string> folders;
  std::string folder = tree.own;
  while (folder.size() > tree.top.size()) {
    folders.push_back(folder);
    folder.resize(folder.rfind('/'));
  }
  folders.push_back(tree.top);
  return folders;
}

// A count, not negative; nullopt for "max", -1 and anything else.
std::optional<int64_t> ReadCount(const std::string& path) {
  const std::optional<std::string> content = ReadFile(path);
  int64_t value = 0;
  if (!content.has_value() || !absl::SimpleAtoi(*content, &value) ||
      value < 0) {
    return std::nullopt;
  }
  return value;
}

// The value of a line "name value", as in memory.stat.
std::optional<int64_t> ReadNamedCount(const std::string& path,
                                      absl::string_view name) {
  for (const std::string& line : Lines(ReadFile(path))) {
    const std::vector<absl::string_view> words =
        absl::StrSplit(line, ' ', absl::SkipWhitespace());
    int64_t value = 0;
    if (words.size() == 2 && words[0] == name &&
        absl::SimpleAtoi(words[1], &value) && value >= 0) {
      return value;
    }
  }
  return std::nullopt;
}

// Names of the files that say the same in the two layouts.
struct MemoryFiles {
  const char* limit;
  const char* used;
  const char* cache_statistic;
};
constexpr MemoryFiles kVersion1 = {
    "/memory.limit_in_bytes", "/memory.usage_in_bytes", "total_inactive_file"};
constexpr MemoryFiles kVersion2 = {"/memory.max", "/memory.current",
                                   "inactive_file"};

std::optional<int64_t> UsedBytes(const std::string& folder,
                                 const MemoryFiles& files) {
  const std::optional<int64_t> used =
      ReadCount(absl::StrCat(folder, files.used));
  if (!used.has_value()) return std::nullopt;
  const int64_t cache = ReadNamedCount(absl::StrCat(folder, "/memory.stat"),
                                       files.cache_statistic)
                            .value_or(0);
  return std::max<int64_t>(0, *used - cache);
}

void ReadMemory(const Tree& tree, const MemoryFiles& files,
                ControlGroup& group) {
  const auto limit = [&group](std::optional<int64_t> bytes) {
    if (!bytes.has_value() || *bytes >= kNoLimitBytes) return false;
    if (group.memory_limit_bytes.has_value() &&
        *group.memory_limit_bytes <= *bytes) {
      return false;
    }
    group.memory_limit_bytes = *bytes;
    return true;
  };
  for (const std::string& folder : WayUp(tree)) {
    if (limit(ReadCount(absl::StrCat(folder, files.limit)))) {
      group.memory_used_bytes = UsedBytes(folder, files);
    }
  }
  // Version 1 also tells the limit of groups above what is mounted here; what
  // is charged to those can't be seen, the top's use is a lower bound.
  if (limit(ReadNamedCount(absl::StrCat(tree.own, "/memory.stat"),
                           "hierarchical_memory_limit"))) {
    group.memory_used_bytes = UsedBytes(tree.top, files);
  }
  if (!group.memory_limit_bytes.has_value() &&
      !group.memory_used_bytes.has_value()) {
    group.memory_used_bytes = UsedBytes(tree.own, files);
  }
}

void LimitProcessors(std::optional<int64_t> quota,
                     std::optional<int64_t> period, ControlGroup& group) {
  if (quota.value_or(0) <= 0 || period.value_or(0) <= 0) return;
  const double count =
      static_cast<double>(*quota) / static_cast<double>(*period);
  group.cpu_count = std::min(
      count, group.cpu_count.value_or(std::numeric_limits<double>::infinity()));
}

void ReadProcessors(const Trees& trees, ControlGroup& group) {
  if (trees.version_1.has_value()) {
    for (const std::string& folder : WayUp(*trees.version_1)) {
      LimitProcessors(ReadCount(absl::StrCat(folder, "/cpu.cfs_quota_us")),
                      ReadCount(absl::StrCat(folder, "/cpu.cfs_period_us")),
                      group);
    }
  }
  if (trees.version_2.has_value()) {
    for (const std::string& folder : WayUp(*trees.version_2)) {
      // "150000 100000", or "max 100000" for no limit.
      const std::string content =
          ReadFile(absl::StrCat(folder, "/cpu.max")).value_or("");
      const std::vector<absl::string_view> words =
          absl::StrSplit(absl::StripAsciiWhitespace(content), ' ');
      int64_t quota = 0, period = 0;
      if (words.size() == 2 && absl::SimpleAtoi(words[0], &quota) &&
          absl::SimpleAtoi(words[1], &period)) {
        LimitProcessors(quota, period, group);
      }
    }
  }
}

}  // namespace

ControlGroup ReadControlGroup(const std::string& root) {
  std::string prefix = root;
  while (absl::EndsWith(prefix, "/")) prefix.pop_back();
  ControlGroup group;
  // On a hybrid machine a controller is in one of the two trees; the other
  // lacks its files and so does not count.
  const Trees memory = FindTrees(prefix, "memory");
  if (memory.version_1) ReadMemory(*memory.version_1, kVersion1, group);
  if (memory.version_2) ReadMemory(*memory.version_2, kVersion2, group);
  ReadProcessors(FindTrees(prefix, "cpu"), group);
  return group;
}

int ComputeThreads(const ControlGroup& group) {
  int processors = 0;
  cpu_set_t allowed;
  // Fails on machines of more than 1024 processors.
  if (sched_getaffinity(0, sizeof(allowed), &allowed) == 0) {
    processors = CPU_COUNT(&allowed);
  } else {
    processors = static_cast<int>(std::thread::hardware_concurrency());
  }
  processors = std::max(processors, 1);
  if (!group.cpu_count.has_value()) return processors;
  const double wanted = std::ceil(*group.cpu_count);
  return std::max(1, static_cast<int>(std::min<double>(processors, wanted)));
}

}  // namespace sightline
