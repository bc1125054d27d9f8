// Sums verdicts and prints them.
#ifndef SIGHTLINE_BENCH_OMR_TALLY_H_
#define SIGHTLINE_BENCH_OMR_TALLY_H_

#include <cstdint>
#include <string>
#include <vector>

#include "bench/omr/judge.h"

namespace sightline::bench {

// What a side did over many sheets.
struct Tally {
  int sheets = 0;
  int accepted = 0;
  int wrong_alignments = 0;
  // Sheets with at least one wrong field; refused sheets count.
  int sheets_with_wrong_fields = 0;
  // Sheets with a wrong field that is not flagged.
  int sheets_silently_wrong = 0;
  int64_t fields = 0;
  // Fields a person is asked to look at, those of refused sheets included.
  int64_t flagged = 0;
  int64_t wrong = 0;
  int64_t silently_wrong = 0;
  int64_t silently_wrong_beyond_doubt = 0;
  int64_t blanks_read_as_marks = 0;
  double cpu_ms = 0;

  void Add(const Verdict& verdict, double sheet_cpu_ms);
};

// A side's cost on plain office scans.
struct Cost {
  double cpu_ms_per_sheet = 0;
  double base_mb = 0;
  double peak_mb = 0;
};

// Results of one side.
struct SideResult {
  // "ours", ...
  std::string name;
  Cost cost;
  Tally tally;
  // By condition, in the order of AllConditions().
  std::vector<Tally> by_condition;
};

// A table for people. `results`: ours first.
std::string Table(const std::vector<SideResult>& results);
// One JSON object per line; `results` as above, the second is the peer.
// `sheets_lost_to_peer`: read entirely right by the peer, but refused or with a
// silently wrong field by us.
std::string JsonFigures(const std::vector<SideResult>& results,
                        int sheets_lost_to_peer);

}  // namespace sightline::bench

#endif  // SIGHTLINE_BENCH_OMR_TALLY_H_
