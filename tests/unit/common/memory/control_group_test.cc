#include "common/memory/control_group.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "tests/support/files/temporary_folder.h"

namespace sightline {
namespace {

using ::testing::Optional;

constexpr int64_t kMebibyte = 1024 * 1024;
constexpr char kHugeVersion1Limit[] = "9223372036854771712\n";

// What stands in a file tree, and what is to be read from it.
struct Case {
  std::string name;
  std::map<std::string, std::string> files = {};
  std::optional<int64_t> limit = std::nullopt;
  std::optional<int64_t> used = std::nullopt;
  std::optional<double> processors = std::nullopt;
};

// Lines of /proc/self/mountinfo.
std::string Version2Mount(const std::string& group = "/",
                          const std::string& folder = "/sys/fs/cgroup") {
  return "31 23 0:28 " + group + " " + folder +
         " rw,nosuid shared:9 - cgroup2 cgroup2 rw,nsdelegate\n";
}
std::string Version1Mount(const std::string& controllers,
                          const std::string& group = "/") {
  return "32 31 0:29 " + group + " /sys/fs/cgroup/" + controllers +
         " rw,relatime shared:10 master:1 - cgroup cgroup rw," + controllers +
         "\n";
}

std::vector<Case> Cases() {
  std::vector<Case> cases;
  cases.push_back({.name = "Nothing"});
  cases.push_back({
      .name = "Version2Container",
      .files = {{"proc/self/cgroup", "0::/\n"},
                {"proc/self/mountinfo",
                 "22 1 8:1 / / rw - ext4 /dev/root rw\n" + Version2Mount()},
                {"sys/fs/cgroup/memory.max", "536870912\n"},
                {"sys/fs/cgroup/memory.current", "104857600\n"},
                {"sys/fs/cgroup/memory.stat",
                 "anon 1\ninactive_file 4857600\nactive_file 7\n"},
                {"sys/fs/cgroup/cpu.max", "150000 100000\n"}},
      .limit = 512 * kMebibyte,
      .used = 100000000,
      .processors = 1.5,
  });
  cases.push_back({
      .name = "Version2WithoutLimit",
      .files = {{"proc/self/cgroup", "0::/user.slice/session-1.scope\n"},
                {"proc/self/mountinfo", Version2Mount()},
                {"sys/fs/cgroup/user.slice/memory.max", "max\n"},
                {"sys/fs/cgroup/user.slice/memory.current", "900\n"},
                {"sys/fs/cgroup/user.slice/session-1.scope/memory.max",
                 "max\n"},
                {"sys/fs/cgroup/user.slice/session-1.scope/memory.current",
                 "700\n"},
                {"sys/fs/cgroup/user.slice/session-1.scope/cpu.max",
                 "max 100000\n"}},
      .used = 700,
  });
  cases.push_back({
      .name = "Version2ParentIsTighter",
      .files = {{"proc/self/cgroup", "0::/pod/container\n"},
                {"proc/self/mountinfo", Version2Mount()},
                {"sys/fs/cgroup/pod/memory.max", "1000000\n"},
                {"sys/fs/cgroup/pod/memory.current", "600000\n"},
                {"sys/fs/cgroup/pod/cpu.max", "50000 100000\n"},
                {"sys/fs/cgroup/pod/container/memory.max", "2000000\n"},
                {"sys/fs/cgroup/pod/container/memory.current", "100000\n"},
                {"sys/fs/cgroup/pod/container/cpu.max", "200000 100000\n"}},
      .limit = 1000000,
      .used = 600000,
      .processors = 0.5,
  });
  cases.push_back({
      .name = "Version2ChildIsTighter",
      .files = {{"proc/self/cgroup", "0::/pod/container\n"},
                {"proc/self/mountinfo", Version2Mount()},
                {"sys/fs/cgroup/pod/memory.max", "2000000\n"},
                {"sys/fs/cgroup/pod/memory.current", "600000\n"},
                {"sys/fs/cgroup/pod/container/memory.max", "1000000\n"},
                {"sys/fs/cgroup/pod/container/memory.current", "100000\n"}},
      .limit = 1000000,
      .used = 100000,
  });
  cases.push_back({
      .name = "Version2MountShowsOnlyTheOwnGroup",
      .files = {{"proc/self/cgroup", "0::/kubepods/pod1/abc\n"},
                {"proc/self/mountinfo", Version2Mount("/kubepods/pod1/abc")},
                {"sys/fs/cgroup/memory.max", "3000000\n"},
                {"sys/fs/cgroup/memory.current", "1000000\n"}},
      .limit = 3000000,
      .used = 1000000,
  });
  cases.push_back({
      .name = "Version2PathOutsideTheNamespace",
      .files = {{"proc/self/cgroup", "0::/../../other\n"},
                {"proc/self/mountinfo", Version2Mount()},
                {"sys/fs/cgroup/memory.max", "3000000\n"},
                {"other/memory.max", "1\n"}},
      .limit = 3000000,
  });
  cases.push_back({
      .name = "Version2PathOfAnotherGroupWithTheSameBeginning",
      .files = {{"proc/self/cgroup", "0::/pod10\n"},
                {"proc/self/mountinfo", Version2Mount("/pod1")},
                {"sys/fs/cgroup/memory.max", "3000000\n"},
                {"sys/fs/cgroup/0/memory.max", "1\n"}},
      .limit = 3000000,
  });
  cases.push_back({
      .name = "Version2MountPointWithASpace",
      .files = {{"proc/self/cgroup", "0::/\n"},
                {"proc/self/mountinfo", Version2Mount("/", "/a\\040b")},
                {"a b/memory.max", "3000000\n"}},
      .limit = 3000000,
  });
  cases.push_back({
      .name = "Version2ZeroIsALimit",
      .files = {{"proc/self/cgroup", "0::/\n"},
                {"proc/self/mountinfo", Version2Mount()},
                {"sys/fs/cgroup/memory.max", "0\n"}},
      .limit = 0,
  });
  cases.push_back({
      .name = "CacheBeyondUseCountsAsZero",
      .files = {{"proc/self/cgroup", "0::/\n"},
                {"proc/self/mountinfo", Version2Mount()},
                {"sys/fs/cgroup/memory.max", "3000000\n"},
                {"sys/fs/cgroup/memory.current", "1000\n"},
                {"sys/fs/cgroup/memory.stat", "inactive_file 2000\n"}},
      .limit = 3000000,
      .used = 0,
  });
  cases.push_back({
      .name = "Version1Container",
      .files = {{"proc/self/cgroup",
                 "5:cpu,cpuacct:/docker/abc\n4:memory:/docker/abc\n"},
                {"proc/self/mountinfo",
                 Version1Mount("memory", "/docker/abc") +
                     Version1Mount("cpu,cpuacct", "/docker/abc")},
                {"sys/fs/cgroup/memory/memory.limit_in_bytes", "536870912\n"},
                {"sys/fs/cgroup/memory/memory.usage_in_bytes", "104857600\n"},
                {"sys/fs/cgroup/memory/memory.stat",
                 "inactive_file 1\ntotal_inactive_file 4857600\n"},
                {"sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us", "250000\n"},
                {"sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us", "100000\n"}},
      .limit = 512 * kMebibyte,
      .used = 100000000,
      .processors = 2.5,
  });
  cases.push_back({
      .name = "Version1ContainerShownTheHostsPath",
      .files = {{"proc/self/cgroup", "4:memory:/kubepods/pod1/abc\n"},
                {"proc/self/mountinfo", Version1Mount("memory")},
                {"sys/fs/cgroup/memory/memory.limit_in_bytes", "7000000\n"},
                {"sys/fs/cgroup/memory/memory.usage_in_bytes", "500\n"}},
      .limit = 7000000,
      .used = 500,
  });
  cases.push_back({
      .name = "Version1WithoutLimit",
      .files = {{"proc/self/cgroup", "4:memory:/\n3:cpu:/\n"},
                {"proc/self/mountinfo",
                 Version1Mount("memory") + Version1Mount("cpu")},
                {"sys/fs/cgroup/memory/memory.limit_in_bytes",
                 kHugeVersion1Limit},
                {"sys/fs/cgroup/memory/memory.usage_in_bytes", "500\n"},
                {"sys/fs/cgroup/memory/memory.stat",
                 "hierarchical_memory_limit 9223372036854771712\n"},
                {"sys/fs/cgroup/cpu/cpu.cfs_quota_us", "-1\n"},
                {"sys/fs/cgroup/cpu/cpu.cfs_period_us", "100000\n"}},
      .used = 500,
  });
  cases.push_back({
      .name = "Version1ParentIsTighter",
      .files = {{"proc/self/cgroup", "4:memory:/pod/container\n"},
                {"proc/self/mountinfo", Version1Mount("memory")},
                {"sys/fs/cgroup/memory/memory.limit_in_bytes",
                 kHugeVersion1Limit},
                {"sys/fs/cgroup/memory/pod/memory.limit_in_bytes", "9000\n"},
                {"sys/fs/cgroup/memory/pod/memory.usage_in_bytes", "4000\n"},
                {"sys/fs/cgroup/memory/pod/container/memory.limit_in_bytes",
                 kHugeVersion1Limit},
                {"sys/fs/cgroup/memory/pod/container/memory.usage_in_bytes",
                 "10\n"}},
      .limit = 9000,
      .used = 4000,
  });
  cases.push_back({
      .name = "Version1LimitAboveTheMount",
      .files = {{"proc/self/cgroup", "4:memory:/pod/container\n"},
                {"proc/self/mountinfo",
                 Version1Mount("memory", "/pod/container")},
                {"sys/fs/cgroup/memory/memory.limit_in_bytes",
                 kHugeVersion1Limit},
                {"sys/fs/cgroup/memory/memory.usage_in_bytes", "10\n"},
                {"sys/fs/cgroup/memory/memory.stat",
                 "hierarchical_memory_limit 9000\n"}},
      .limit = 9000,
      .used = 10,
  });
  cases.push_back({
      .name = "HybridWithMemoryInVersion1",
      .files = {{"proc/self/cgroup", "4:memory:/a\n1:cpu:/\n0::/a\n"},
                {"proc/self/mountinfo",
                 Version1Mount("memory") + Version1Mount("cpu") +
                     Version2Mount("/", "/sys/fs/cgroup/unified")},
                {"sys/fs/cgroup/unified/a/cgroup.controllers", "hugetlb\n"},
                {"sys/fs/cgroup/unified/a/hugetlb.2MB.max", "1\n"},
                {"sys/fs/cgroup/cpu/cpu.cfs_quota_us", "100000\n"},
                {"sys/fs/cgroup/cpu/cpu.cfs_period_us", "100000\n"},
                {"sys/fs/cgroup/memory/a/memory.limit_in_bytes", "9000\n"},
                {"sys/fs/cgroup/memory/a/memory.usage_in_bytes", "80\n"}},
      .limit = 9000,
      .used = 80,
      .processors = 1.0,
  });
  cases.push_back({
      .name = "HybridWithMemoryInVersion2",
      .files = {{"proc/self/cgroup", "3:cpuset:/a\n0::/a\n"},
                {"proc/self/mountinfo",
                 Version1Mount("cpuset") +
                     Version2Mount("/", "/sys/fs/cgroup/unified")},
                {"sys/fs/cgroup/cpuset/a/tasks", "\n"},
                {"sys/fs/cgroup/unified/a/memory.max", "9000\n"},
                {"sys/fs/cgroup/unified/a/memory.current", "80\n"}},
      .limit = 9000,
      .used = 80,
  });
  cases.push_back({
      .name = "WithoutMountinfo",
      .files = {{"proc/self/cgroup", "0::/\n"},
                {"sys/fs/cgroup/memory.max", "9000\n"}},
      .limit = 9000,
  });
  cases.push_back({
      .name = "MalformedNumbersAreAbsent",
      .files = {{"proc/self/cgroup", "0::/\n"},
                {"proc/self/mountinfo", Version2Mount()},
                {"sys/fs/cgroup/memory.max", "12 apples\n"},
                {"sys/fs/cgroup/memory.current", "-7\n"},
                {"sys/fs/cgroup/memory.stat", "inactive_file\n\n x y z\n"},
                {"sys/fs/cgroup/cpu.max", "100000\n"}},
  });
  cases.push_back({
      .name = "ZeroPeriodIsAbsent",
      .files = {{"proc/self/cgroup", "0::/\n"},
                {"proc/self/mountinfo", Version2Mount()},
                {"sys/fs/cgroup/cpu.max", "100000 0\n"}},
  });
  cases.push_back({
      .name = "MalformedTablesAreIgnored",
      .files = {{"proc/self/cgroup", "\n0\n:::::\n0::\nx\n0::/\n"},
                {"proc/self/mountinfo",
                 "- cgroup2\n - \n1 2 3 - cgroup2 a b\n" + Version2Mount()},
                {"sys/fs/cgroup/memory.max", "9000\n"}},
      .limit = 9000,
  });
  return cases;
}

class ControlGroupTree : public ::testing::TestWithParam<Case> {};

TEST_P(ControlGroupTree, GivesTheTightestLimit) {
  const Case& expected = GetParam();
  TemporaryFolder root;
  for (const auto& [path, content] : expected.files) root.Write(path, content);
  const ControlGroup group = ReadControlGroup(root.Path());
  EXPECT_EQ(group.memory_limit_bytes, expected.limit);
  EXPECT_EQ(group.memory_used_bytes, expected.used);
  EXPECT_EQ(group.cpu_count, expected.processors);
}

INSTANTIATE_TEST_SUITE_P(Layouts, ControlGroupTree,
                         ::testing::ValuesIn(Cases()),
                         [](const ::testing::TestParamInfo<Case>& info) {
                           return info.param.name;
                         });

TEST(ReadControlGroup, ReadsThisMachine) {
  const ControlGroup group = ReadControlGroup();
  if (group.memory_limit_bytes.has_value()) {
    EXPECT_GT(*group.memory_limit_bytes, kMebibyte);
    EXPECT_THAT(group.memory_used_bytes,
                Optional(::testing::Le(*group.memory_limit_bytes)));
  }
  if (group.cpu_count.has_value()) {
    EXPECT_GT(*group.cpu_count, 0.0);
  }
}

// A group below the machine's own, with a memory limit of 64 MiB.
class RealGroup {
 public:
  RealGroup() {
    for (const auto& [folder, file] :
         {std::pair("/sys/fs/cgroup/memory", "memory.limit_in_bytes"),
          std::pair("/sys/fs/cgroup", "memory.max")}) {
      path_ =
          std::string(folder) + "/sightline_test_" + std::to_string(getpid());
      if (mkdir(path_.c_str(), 0755) != 0) continue;
      std::ofstream limit(path_ + "/" + file);
      if (limit << 64 * kMebibyte << std::flush) {
        is_made_ = true;
        return;
      }
      rmdir(path_.c_str());
    }
  }
  ~RealGroup() {
    if (is_made_) rmdir(path_.c_str());
  }

  bool is_made() const { return is_made_; }
  bool Enter() const {
    std::ofstream members(path_ + "/cgroup.procs");
    return static_cast<bool>(members << getpid() << std::flush);
  }

 private:
  std::string path_;
  bool is_made_ = false;
};

TEST(ReadControlGroup, FindsTheLimitOfARealGroup) {
  const RealGroup group;
  if (!group.is_made()) {
    GTEST_SKIP() << "control groups can't be written here";
  }
  const pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    if (!group.Enter()) _exit(2);
    const ControlGroup seen = ReadControlGroup();
    _exit(seen.memory_limit_bytes == 64 * kMebibyte &&
                  seen.memory_used_bytes.value_or(64 * kMebibyte) <
                      64 * kMebibyte
              ? 0
              : 1);
  }
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 0) << "2: the group can't be entered";
}

// Runs a function with this thread bound to some processors only.
class BoundTo {
 public:
  explicit BoundTo(int count) {
    sched_getaffinity(0, sizeof(before_), &before_);
    cpu_set_t some;
    CPU_ZERO(&some);
    for (int i = 0; i < CPU_SETSIZE && CPU_COUNT(&some) < count; ++i) {
      if (CPU_ISSET(i, &before_)) CPU_SET(i, &some);
    }
    sched_setaffinity(0, sizeof(some), &some);
  }
  ~BoundTo() { sched_setaffinity(0, sizeof(before_), &before_); }

 private:
  cpu_set_t before_;
};

TEST(ComputeThreads, IsTheQuotaRoundedUpWithinTheProcessors) {
  cpu_set_t allowed;
  ASSERT_EQ(sched_getaffinity(0, sizeof(allowed), &allowed), 0);
  const int processors = CPU_COUNT(&allowed);
  EXPECT_EQ(ComputeThreads({}), processors);
  EXPECT_EQ(ComputeThreads({.cpu_count = 0.1}), 1);
  EXPECT_EQ(ComputeThreads({.cpu_count = 1.0}), 1);
  EXPECT_EQ(ComputeThreads({.cpu_count = 1.01}), std::min(2, processors));
  EXPECT_EQ(ComputeThreads({.cpu_count = 1e9}), processors);
  const BoundTo one(1);
  EXPECT_EQ(ComputeThreads({}), 1);
  EXPECT_EQ(ComputeThreads({.cpu_count = 8.0}), 1);
}

}  // namespace
}  // namespace sightline
