// A memory control group of one's own: what a pod's memory limit is.
//
//   const absl::StatusOr<MemoryGroup> group =
//       MemoryGroup::Create(int64_t{128} << 20);
//   if (!group.ok()) GTEST_SKIP() << group.status().message();
//
// Works with both layouts of the control group file system; needs the right to
// write to it.
#ifndef SIGHTLINE_TESTS_SUPPORT_PROCESS_MEMORY_GROUP_H_
#define SIGHTLINE_TESTS_SUPPORT_PROCESS_MEMORY_GROUP_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/statusor.h"

namespace sightline::process {

class MemoryGroup {
 public:
  // A new group in which the kernel kills at `limit_bytes`, swap included.
  // Errors: Unavailable (no control groups, or they can't be written; says
  // which and why).
  static absl::StatusOr<MemoryGroup> Create(int64_t limit_bytes);

  MemoryGroup(MemoryGroup&& other) noexcept;
  MemoryGroup& operator=(MemoryGroup&&) = delete;
  // Removes the group; its processes must have been waited for.
  ~MemoryGroup();

  // A process joins by writing its id to this file.
  std::string processes_file() const;

  int64_t limit_bytes() const { return limit_bytes_; }
  // The most that was charged to the group at once, file cache included;
  // nullopt where the kernel doesn't say (version 2 before Linux 5.19).
  std::optional<int64_t> PeakBytes() const;
  // Processes the kernel killed because of the limit.
  int64_t Kills() const;

 private:
  MemoryGroup(std::string folder, bool is_version_2, int64_t limit_bytes);

  static absl::StatusOr<MemoryGroup> CreateIn(const std::string& parent,
                                              bool is_version_2,
                                              int64_t limit_bytes);

  std::string folder_;  // Empty: moved away.
  bool is_version_2_;
  int64_t limit_bytes_;
};

}  // namespace sightline::process

#endif  // SIGHTLINE_TESTS_SUPPORT_PROCESS_MEMORY_GROUP_H_
