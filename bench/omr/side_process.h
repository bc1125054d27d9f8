// A side in a process of its own, so that its memory and its time are its own.
//
// The parent starts its own program again with --serve_side; the two talk in
// lines over pipes.
#ifndef SIGHTLINE_BENCH_OMR_SIDE_PROCESS_H_
#define SIGHTLINE_BENCH_OMR_SIDE_PROCESS_H_

#include <sys/types.h>

#include <cstdint>
#include <cstdio>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "bench/omr/side.h"
#include "tests/generator/form.h"

namespace sightline::bench {

// "ours", "recipe", "recipe_long_side".
std::unique_ptr<Side> MakeSide(absl::string_view name);

// An outcome and what it cost.
struct MeasuredOutcome {
  SheetOutcome outcome;
  // User and system time of the process, reading the file included.
  double cpu_ms = 0;
};

class SideProcess {
 public:
  // Starts the process. Errors: Internal.
  static absl::StatusOr<SideProcess> Start(const std::string& side);
  SideProcess(SideProcess&& other) noexcept;
  SideProcess& operator=(SideProcess&&) = delete;
  ~SideProcess();

  // Errors: what the side says; Internal when the process is gone.
  absl::Status Prepare(generator::FormFamily family, uint64_t form_seed);
  absl::StatusOr<MeasuredOutcome> Grade(const std::string& path);
  // Forgets the peak so far; returns the resident memory now, MB of 2^20.
  absl::StatusOr<double> ResetPeak();
  // Highest resident memory (VmHWM) since ResetPeak().
  absl::StatusOr<double> PeakMb();

 private:
  SideProcess() = default;
  absl::StatusOr<std::string> Ask(const std::string& line);
  absl::StatusOr<std::string> ReadLine();

  pid_t process_ = -1;
  FILE* to_ = nullptr;
  FILE* from_ = nullptr;
};

// The child's part: serves lines until its input ends. Returns the exit code.
int ServeSide(const std::string& side);

}  // namespace sightline::bench

#endif  // SIGHTLINE_BENCH_OMR_SIDE_PROCESS_H_
