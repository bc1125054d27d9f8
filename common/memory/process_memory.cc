#include "common/memory/process_memory.h"

#include <malloc.h>
#include <unistd.h>

#include <fstream>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"

namespace sightline {
namespace {

constexpr int kReturnAtBytes = 128 * 1024;

// The value of a line "VmRSS:     1234 kB" of /proc/self/status, in bytes.
int64_t StatusBytes(absl::string_view name) {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (!absl::StartsWith(line, name)) continue;
    const std::vector<absl::string_view> words =
        absl::StrSplit(line, absl::ByAnyChar(" \t"), absl::SkipEmpty());
    int64_t kibibytes = 0;
    if (words.size() == 3 && words[0].size() == name.size() &&
        absl::SimpleAtoi(words[1], &kibibytes)) {
      return kibibytes * 1024;
    }
  }
  return 0;
}

}  // namespace

int64_t ResidentBytes() { return StatusBytes("VmRSS:"); }

int64_t PeakResidentBytes() { return StatusBytes("VmHWM:"); }

int64_t MachineMemoryBytes() {
  const int64_t pages = sysconf(_SC_PHYS_PAGES);
  const int64_t page_bytes = sysconf(_SC_PAGESIZE);
  return pages > 0 && page_bytes > 0 ? pages * page_bytes : 0;
}

void ConfigureAllocator(int threads) {
  mallopt(M_ARENA_MAX, threads > 2 ? 2 : 1);
  // Setting the threshold also stops glibc from raising it to the largest
  // block ever freed, after which an image would come from the heap and a
  // small block above it would pin its pages.
  mallopt(M_MMAP_THRESHOLD, kReturnAtBytes);
  mallopt(M_TRIM_THRESHOLD, kReturnAtBytes);
}

void ReturnFreeMemory() { malloc_trim(0); }

}  // namespace sightline
