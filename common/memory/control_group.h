// What the container this process runs in may use.
//
// A pod that outgrows its memory limit is killed without a word, and one that
// runs more threads than its CPU quota is throttled in bursts. Both limits
// stand in the control group file system, in one of two layouts:
//
//   version 2  one tree:             memory.max, memory.current, cpu.max
//   version 1  a tree a controller:  memory.limit_in_bytes,
//                                    memory.usage_in_bytes,
//                                    cpu.cfs_quota_us, cpu.cfs_period_us
//
// and on hybrid machines in both. Groups nest: the tightest limit on the way
// from the process' own group to the top of what is visible counts.
#ifndef SIGHTLINE_COMMON_MEMORY_CONTROL_GROUP_H_
#define SIGHTLINE_COMMON_MEMORY_CONTROL_GROUP_H_

#include <cstdint>
#include <optional>
#include <string>

namespace sightline {

// Absent values: no limit, or nothing there to read it from.
struct ControlGroup {
  // Bytes at which the kernel kills.
  std::optional<int64_t> memory_limit_bytes = std::nullopt;
  // Bytes charged to the group that has that limit (the process' own group if
  // there is none), less the file cache the kernel drops first
  // (inactive_file): the "working set" by which Kubernetes judges a pod.
  std::optional<int64_t> memory_used_bytes = std::nullopt;
  // Processors' worth of time per period, for example 1.5.
  std::optional<double> cpu_count = std::nullopt;
};

// Reads the limits as they stand now. `root` stands before /proc and /sys, so
// that tests can show a tree of their own. Never fails: what can't be read or
// understood is absent. Costs some tens of file reads; not for inner loops.
// Thread-safe.
ControlGroup ReadControlGroup(const std::string& root = "/");

// Threads worth computing with: the CPU quota rounded up, at most the
// processors this process may be scheduled on, at least 1. Thread-safe.
int ComputeThreads(const ControlGroup& group);

}  // namespace sightline

#endif  // SIGHTLINE_COMMON_MEMORY_CONTROL_GROUP_H_
