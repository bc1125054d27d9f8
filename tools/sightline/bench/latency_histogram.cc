#include "tools/sightline/bench/latency_histogram.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace sightline::cli {
namespace {

// Buckets per doubling: 2^kSubBits.
constexpr int kSubBits = 6;
constexpr uint64_t kSubBuckets = uint64_t{1} << kSubBits;
constexpr uint64_t kLargest = uint64_t{1} << 62;

// Values below 2 * kSubBuckets have a bucket each; above, the leading
// kSubBits + 1 bits of the value choose.
size_t BucketOf(uint64_t nanoseconds) {
  const int shift =
      std::max(0, static_cast<int>(std::bit_width(nanoseconds)) - kSubBits - 1);
  return static_cast<size_t>(shift * kSubBuckets + (nanoseconds >> shift));
}

// First value of a bucket.
uint64_t BeginOf(size_t bucket) {
  if (bucket < 2 * kSubBuckets) return bucket;
  const uint64_t shift = bucket / kSubBuckets - 1;
  return (bucket - shift * kSubBuckets) << shift;
}

uint64_t ToNanoseconds(absl::Duration latency) {
  return static_cast<uint64_t>(std::clamp<int64_t>(
      absl::ToInt64Nanoseconds(latency), 1, static_cast<int64_t>(kLargest)));
}

}  // namespace

void LatencyHistogram::Record(absl::Duration latency) {
  const uint64_t nanoseconds = ToNanoseconds(latency);
  const size_t bucket = BucketOf(nanoseconds);
  if (bucket >= buckets_.size()) buckets_.resize(bucket + 1);
  ++buckets_[bucket];
  ++count_;
  const absl::Duration kept = absl::Nanoseconds(nanoseconds);
  min_ = std::min(min_, kept);
  max_ = std::max(max_, kept);
  sum_seconds_ += absl::ToDoubleSeconds(kept);
}

void LatencyHistogram::Merge(const LatencyHistogram& other) {
  if (other.buckets_.size() > buckets_.size()) {
    buckets_.resize(other.buckets_.size());
  }
  for (size_t i = 0; i < other.buckets_.size(); ++i) {
    buckets_[i] += other.buckets_[i];
  }
  count_ += other.count_;
  min_ = std::min(min_, other.min_);
  max_ = std::max(max_, other.max_);
  sum_seconds_ += other.sum_seconds_;
}

absl::Duration LatencyHistogram::min() const {
  return count_ == 0 ? absl::ZeroDuration() : min_;
}

absl::Duration LatencyHistogram::mean() const {
  if (count_ == 0) return absl::ZeroDuration();
  return absl::Seconds(sum_seconds_ / static_cast<double>(count_));
}

absl::Duration LatencyHistogram::Quantile(double quantile) const {
  const auto rank = std::max<int64_t>(
      1,
      static_cast<int64_t>(std::ceil(quantile * static_cast<double>(count_))));
  int64_t seen = 0;
  for (size_t i = 0; i < buckets_.size(); ++i) {
    seen += buckets_[i];
    if (seen >= rank) {
      return std::min(absl::Nanoseconds(BeginOf(i + 1) - 1), max_);
    }
  }
  return max_;
}

std::vector<LatencyHistogram::Bar> LatencyHistogram::Bars() const {
  std::vector<Bar> bars;
  for (size_t i = 0; i < buckets_.size(); ++i) {
    if (buckets_[i] == 0) continue;
    const uint64_t from = std::bit_floor(std::max<uint64_t>(1, BeginOf(i)));
    if (bars.empty()) {
      bars.push_back({absl::Nanoseconds(from), absl::Nanoseconds(2 * from), 0});
    }
    while (bars.back().from < absl::Nanoseconds(from)) {
      bars.push_back({bars.back().to, 2 * bars.back().to, 0});
    }
    bars.back().count += buckets_[i];
  }
  return bars;
}

}  // namespace sightline::cli
