// Latency histogram, load driver and progress line.
#include <atomic>

#include "absl/time/clock.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/sightline/bench/latency_histogram.h"
#include "tools/sightline/bench/load_driver.h"
#include "tools/sightline/output/progress_bar.h"

namespace sightline::cli {
namespace {

TEST(LatencyHistogram, IsRightToWithinItsBuckets) {
  LatencyHistogram histogram;
  for (int i = 1; i <= 10000; ++i) histogram.Record(absl::Microseconds(i));
  EXPECT_EQ(histogram.count(), 10000);
  EXPECT_EQ(histogram.min(), absl::Microseconds(1));
  EXPECT_EQ(histogram.max(), absl::Milliseconds(10));
  EXPECT_NEAR(absl::ToDoubleMicroseconds(histogram.mean()), 5000.5, 0.1);
  for (const double quantile : {0.001, 0.5, 0.9, 0.99, 0.999}) {
    const double found =
        absl::ToDoubleMicroseconds(histogram.Quantile(quantile));
    EXPECT_GE(found, 10000 * quantile * 0.999999);
    EXPECT_LE(found, 10000 * quantile * (1 + 1.0 / 64)) << quantile;
  }
  EXPECT_EQ(histogram.Quantile(1), absl::Milliseconds(10));
}

TEST(LatencyHistogram, MergesAndTakesExtremes) {
  LatencyHistogram one;
  LatencyHistogram two;
  EXPECT_EQ(one.Quantile(0.5), absl::ZeroDuration());
  EXPECT_EQ(one.min(), absl::ZeroDuration());
  EXPECT_TRUE(one.Bars().empty());
  one.Record(absl::ZeroDuration());
  one.Record(-absl::Seconds(1));
  two.Record(absl::InfiniteDuration());
  two.Record(absl::Hours(1));
  one.Merge(two);
  EXPECT_EQ(one.count(), 4);
  EXPECT_EQ(one.min(), absl::Nanoseconds(1));
  EXPECT_GT(one.max(), absl::Hours(24 * 365));
  int64_t sum = 0;
  absl::Duration end = one.Bars().front().from;
  for (const auto& bar : one.Bars()) {
    EXPECT_EQ(bar.from, end);
    end = bar.to;
    sum += bar.count;
  }
  EXPECT_EQ(sum, 4);
}

TEST(RunLoad, AClosedLoopKeepsEveryWorkerBusy) {
  LoadPlan plan;
  plan.concurrency = 4;
  plan.max_calls = 100;
  std::atomic<int> now = 0;
  std::atomic<int> most = 0;
  const LoadResult result = RunLoad(
      plan,
      [&](int) {
        int running = ++now;
        for (int seen = most;
             running > seen && !most.compare_exchange_weak(seen, running);) {
        }
        absl::SleepFor(absl::Milliseconds(2));
        --now;
        return absl::OkStatus();
      },
      StopToken());
  EXPECT_EQ(result.total(), 100);
  EXPECT_EQ(result.succeeded(), 100);
  EXPECT_EQ(most, 4);
  EXPECT_GE(result.latency.min(), absl::Milliseconds(2));
}

TEST(RunLoad, AnOpenLoopKeepsItsRate) {
  LoadPlan plan;
  plan.concurrency = 8;
  plan.rate = 400;
  plan.duration = absl::Milliseconds(500);
  const LoadResult result = RunLoad(
      plan, [](int) { return absl::OkStatus(); }, StopToken());
  // Poisson with mean 200; the seed is fixed, so only the last calls vary.
  EXPECT_GT(result.total() + result.not_made, 130);
  EXPECT_LT(result.total() + result.not_made, 270);
}

TEST(RunLoad, EndsWhenStopped) {
  LoadPlan plan;
  plan.duration = absl::Minutes(10);
  StopSource stop;
  int calls = 0;
  const LoadResult result = RunLoad(
      plan,
      [&](int) {
        if (++calls == 5) stop.Stop(absl::CancelledError("enough"));
        return absl::OkStatus();
      },
      stop.token());
  EXPECT_EQ(result.total(), 4) << "the call that was cut short is not counted";
}

TEST(ProgressLine, TellsHowFarItIs) {
  EXPECT_EQ(ProgressLine(0, 4, absl::ZeroDuration()),
            "[------------------------] 0/4  0 %");
  EXPECT_EQ(ProgressLine(1, 4, absl::Seconds(2)),
            "[######------------------] 1/4  25 %  0.5/s  6s left");
  EXPECT_EQ(ProgressLine(4, 4, absl::Seconds(2)),
            "[########################] 4/4  100 %  2.0/s");
}

}  // namespace
}  // namespace sightline::cli
