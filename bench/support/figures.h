// The lines in which benchmarks report.
#ifndef SIGHTLINE_BENCH_SUPPORT_FIGURES_H_
#define SIGHTLINE_BENCH_SUPPORT_FIGURES_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"

namespace sightline::bench {

// A figure without a peer.
struct Figure {
  std::string name;
  double value = 0;
  // "us", "ms", "MB" (of 2^20 bytes)
  std::string unit;
};

double ToMegabytes(int64_t bytes);

// The value below which `share` (0..1) of `values` lie; `values` not empty.
double Percentile(std::vector<double> values, double share);

// Prints `figures` to stdout: with `json` an object a line, else a table.
void PrintFigures(const std::vector<Figure>& figures, bool json);

// The main() of a benchmark that takes no flag but --json. Returns the exit
// code.
int RunBenchmark(
    int argc, char** argv,
    absl::FunctionRef<absl::StatusOr<std::vector<Figure>>()> measure);

}  // namespace sightline::bench

#endif  // SIGHTLINE_BENCH_SUPPORT_FIGURES_H_
