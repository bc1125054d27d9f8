// Latencies in buckets, small whatever their number.
#ifndef SIGHTLINE_TOOLS_SIGHTLINE_BENCH_LATENCY_HISTOGRAM_H_
#define SIGHTLINE_TOOLS_SIGHTLINE_BENCH_LATENCY_HISTOGRAM_H_

#include <cstdint>
#include <vector>

#include "absl/time/time.h"

namespace sightline::cli {

// Buckets grow with the latency: each is at most 1/64 of its value wide, so
// every figure is right to 1.6 %. Range 1 ns to 2^62 ns. Not thread-safe: each
// worker fills its own, and they are merged at the end.
class LatencyHistogram {
 public:
  void Record(absl::Duration latency);
  void Merge(const LatencyHistogram& other);

  int64_t count() const { return count_; }
  // Of what was recorded; zero while nothing is.
  absl::Duration min() const;
  absl::Duration max() const { return max_; }
  absl::Duration mean() const;

  // The latency that a share `quantile` (0..1) does not exceed, rounded up to
  // the end of its bucket but never above max().
  absl::Duration Quantile(double quantile) const;

  struct Bar {
    absl::Duration from;  // inclusive
    absl::Duration to;    // exclusive
    int64_t count = 0;
  };
  // Recorded latencies in steps of a factor 2, from the first to the last that
  // is not empty.
  std::vector<Bar> Bars() const;

 private:
  std::vector<int64_t> buckets_;
  int64_t count_ = 0;
  absl::Duration min_ = absl::InfiniteDuration();
  absl::Duration max_;
  double sum_seconds_ = 0;
};

}  // namespace sightline::cli

#endif  // SIGHTLINE_TOOLS_SIGHTLINE_BENCH_LATENCY_HISTOGRAM_H_
