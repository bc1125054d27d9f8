#include "bench/support/figures.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>

#include "absl/strings/string_view.h"

namespace sightline::bench {

double ToMegabytes(int64_t bytes) {
  return static_cast<double>(bytes) / (1 << 20);
}

double Percentile(std::vector<double> values, double share) {
  const auto last = static_cast<double>(values.size() - 1);
  const auto index = static_cast<size_t>(std::llround(share * last));
  std::nth_element(values.begin(), values.begin() + index, values.end());
  return values[index];
}

void PrintFigures(const std::vector<Figure>& figures, bool json) {
  for (const Figure& figure : figures) {
    if (json) {
      std::printf(R"({"figure": "%s", "value": %.6g, "unit": "%s"})"
                  "\n",
                  figure.name.c_str(), figure.value, figure.unit.c_str());
    } else {
      std::printf("%-40s %10.1f %s\n", figure.name.c_str(), figure.value,
                  figure.unit.c_str());
    }
  }
}

int RunBenchmark(
    int argc, char** argv,
    absl::FunctionRef<absl::StatusOr<std::vector<Figure>>()> measure) {
  const bool json = argc == 2 && absl::string_view(argv[1]) == "--json";
  if (argc != 1 && !json) {
    std::fprintf(stderr, "usage: %s [--json]\n", argv[0]);
    return EXIT_FAILURE;
  }
  const absl::StatusOr<std::vector<Figure>> figures = measure();
  if (!figures.ok()) {
    std::fprintf(stderr, "%s: %s\n", argv[0],
                 std::string(figures.status().message()).c_str());
    return EXIT_FAILURE;
  }
  PrintFigures(*figures, json);
  return EXIT_SUCCESS;
}

}  // namespace sightline::bench
