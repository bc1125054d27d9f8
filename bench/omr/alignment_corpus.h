// Is the confidence of an alignment worth its name?
//
// Draws scans of all form families under all degradations, alone and together,
// a fifth of them of something else than the form asked for, and registers each
// with and without the picture of the blank page. Nothing is read or graded.
#ifndef SIGHTLINE_BENCH_OMR_ALIGNMENT_CORPUS_H_
#define SIGHTLINE_BENCH_OMR_ALIGNMENT_CORPUS_H_

#include <array>
#include <cstdint>
#include <cstdio>
#include <string>

#include "absl/status/statusor.h"
#include "tests/generator/form.h"

namespace sightline::bench {

struct CorpusOptions {
  int sheets = 5000;
  uint64_t seed = 1;
  // The number of the first sheet. A sheet follows from `seed` and its number.
  int first = 0;
  // Gets a line for each alignment that is refused or wrong; may be nullptr.
  FILE* failures = nullptr;
};

// The least confidence of each bin but the last, which is what was refused.
inline constexpr double kConfidenceBins[] = {0.95, 0.9, 0.8, 0.7, 0.6, 0.5};
inline constexpr int kConfidenceBinCount = 7;

struct ConfidenceBin {
  // Scans of the form asked for, and how many of them are off by too much.
  int64_t own = 0;
  int64_t own_wrong = 0;
  // Scans of something else; accepting one is wrong. Where the other form has
  // its bubbles at the same places it counts as the form asked for.
  int64_t other = 0;
};

struct CorpusResult {
  // With the picture of the blank page, and without.
  std::array<std::array<ConfidenceBin, kConfidenceBinCount>, 2> bins;
  int64_t sheets = 0;
  double generate_cpu_ms = 0;
  double register_cpu_ms = 0;
};

// Whether every bubble of one form has its like at the same place of the other.
bool HaveTheSameBubbles(const generator::PrintedForm& a,
                        const generator::PrintedForm& b);

absl::StatusOr<CorpusResult> RunAlignmentCorpus(const CorpusOptions& options);

// A table for people.
std::string CorpusTable(const CorpusResult& result);

}  // namespace sightline::bench

#endif  // SIGHTLINE_BENCH_OMR_ALIGNMENT_CORPUS_H_
