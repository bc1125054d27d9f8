#include "common/observe/server_metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/observe/metrics.h"

namespace sightline {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;

std::vector<std::string> Lines(const Metrics& metrics) {
  return absl::StrSplit(metrics.Render(), '\n');
}

TEST(ServerMetrics, CountsCallsByMethodAndCode) {
  Metrics metrics;
  ServerMetrics server(metrics.registry());
  for (int i = 0; i < 3; ++i) server.CallStarted("AlignService/Align");
  EXPECT_THAT(Lines(metrics),
              Contains("sightline_inflight{method=\"AlignService/Align\"} 3"));
  for (int i = 0; i < 2; ++i) {
    server.CallFinished("AlignService/Align", "OK", absl::Milliseconds(2),
                        absl::Milliseconds(40));
  }
  server.CallFinished("AlignService/Align", "RESOURCE_EXHAUSTED",
                      absl::Seconds(4), absl::Seconds(4));
  const std::vector<std::string> lines = Lines(metrics);
  const std::string method = "method=\"AlignService/Align\"";
  for (const std::string& expected : {
           absl::StrCat("sightline_inflight{", method, "} 0"),
           absl::StrCat("sightline_requests_total{code=\"OK\",", method, "} 2"),
           absl::StrCat("sightline_requests_total{code=\"RESOURCE_EXHAUSTED\",",
                        method, "} 1"),
           absl::StrCat("sightline_queue_seconds_bucket{", method,
                        ",le=\"0.001\"} 0"),
           absl::StrCat("sightline_queue_seconds_bucket{", method,
                        ",le=\"0.0025\"} 2"),
           absl::StrCat("sightline_queue_seconds_bucket{", method,
                        ",le=\"5\"} 3"),
           absl::StrCat("sightline_request_seconds_bucket{", method,
                        ",le=\"0.025\"} 0"),
           absl::StrCat("sightline_request_seconds_bucket{", method,
                        ",le=\"0.05\"} 2"),
           absl::StrCat("sightline_request_seconds_bucket{", method,
                        ",le=\"+Inf\"} 3"),
           absl::StrCat("sightline_request_seconds_count{", method, "} 3"),
           absl::StrCat("sightline_request_seconds_sum{", method, "} 4.08"),
       }) {
    EXPECT_THAT(lines, Contains(expected));
  }
}

TEST(ServerMetrics, ShowsStagesRejectionsPoolsAndExecutors) {
  Metrics metrics;
  ServerMetrics server(metrics.registry());
  server.StageFinished("GradeService/GradeSheet", "decode", absl::Seconds(0.3));
  server.Rejected("GradeService/GradeSheet", "MEMORY_BUSY");
  server.SetPool("heavy", 1000, 500, 2);
  server.SetPool("heavy", 1000, 300, 1);
  server.SetExecutor("compute", 4, 3, 7);
  const std::vector<std::string> lines = Lines(metrics);
  for (const std::string expected : {
           "sightline_stage_seconds_bucket{method=\"GradeService/GradeSheet\","
           "stage=\"decode\",le=\"0.5\"} 1",
           "sightline_stage_seconds_bucket{method=\"GradeService/GradeSheet\","
           "stage=\"decode\",le=\"0.25\"} 0",
           "sightline_requests_rejected_total{"
           "method=\"GradeService/GradeSheet\",reason=\"MEMORY_BUSY\"} 1",
           "sightline_pool_budget_bytes{pool=\"heavy\"} 1000",
           "sightline_pool_leased_bytes{pool=\"heavy\"} 300",
           "sightline_pool_waiting_calls{pool=\"heavy\"} 1",
           "sightline_executor_threads{pool=\"compute\"} 4",
           "sightline_executor_busy_threads{pool=\"compute\"} 3",
           "sightline_executor_queued_calls{pool=\"compute\"} 7",
       }) {
    EXPECT_THAT(lines, Contains(expected));
  }
}

TEST(ServerMetrics, TakesNegativeDurationsAsZero) {
  Metrics metrics;
  ServerMetrics server(metrics.registry());
  server.StageFinished("m", "s", -absl::Seconds(1));
  EXPECT_THAT(Lines(metrics),
              Contains("sightline_stage_seconds_sum{method=\"m\",stage=\"s\"} "
                       "0"));
}

TEST(ServerMetrics, StopsMakingSeriesAtTwoHundred) {
  Metrics metrics;
  ServerMetrics server(metrics.registry());
  for (int i = 0; i < 1000; ++i) {
    const std::string method = absl::StrCat("method", i);
    server.CallStarted(method);
    server.CallFinished(method, "OK", absl::ZeroDuration(),
                        absl::ZeroDuration());
  }
  int counters = 0;
  for (const std::string& line : Lines(metrics)) {
    if (absl::StartsWith(line, "sightline_requests_total{")) ++counters;
    if (absl::StartsWith(line, "sightline_inflight{")) {
      EXPECT_TRUE(absl::EndsWith(line, "} 0")) << line;
    }
  }
  EXPECT_EQ(counters, 201);
  EXPECT_THAT(Lines(metrics), Contains("sightline_requests_total{code=\"other\""
                                       ",method=\"other\"} 800"));
  // What was known before goes on under its own name.
  server.CallFinished("method7", "OK", absl::ZeroDuration(),
                      absl::ZeroDuration());
  EXPECT_THAT(Lines(metrics), Contains("sightline_requests_total{code=\"OK\","
                                       "method=\"method7\"} 2"));
}

TEST(ServerMetrics, CountsEveryCallOfManyThreads) {
  constexpr int kThreads = 4, kCalls = 2000;
  Metrics metrics;
  ServerMetrics server(metrics.registry());
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&server, t] {
      const std::string method = absl::StrCat("m", t % 2);
      for (int i = 0; i < kCalls; ++i) {
        server.CallStarted(method);
        server.StageFinished(method, "decode", absl::Milliseconds(1));
        server.CallFinished(method, "OK", absl::ZeroDuration(),
                            absl::Milliseconds(1));
      }
    });
  }
  for (int i = 0; i < 20; ++i) metrics.Render();
  for (std::thread& thread : threads) thread.join();
  for (const char* method : {"m0", "m1"}) {
    EXPECT_THAT(Lines(metrics),
                Contains(absl::StrCat("sightline_requests_total{code=\"OK\","
                                      "method=\"",
                                      method, "\"} 4000")));
    EXPECT_THAT(Lines(metrics),
                Contains(absl::StrCat("sightline_inflight{method=\"", method,
                                      "\"} 0")));
  }
}

}  // namespace
}  // namespace sightline
