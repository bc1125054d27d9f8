// Logging from many threads, and limiting it.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/observe/log.h"

namespace sightline {
namespace {

using ::testing::Optional;

const absl::Time kTime = absl::FromUnixMillis(1795173267123);

// Many threads, a pipe that is much smaller than what they write: every line
// arrives whole.
TEST(Log, LinesOfManyThreadsDoNotMix) {
  constexpr int kThreads = 4, kLines = 200;
  const std::string filler(500, 'x');
  int pipe_ends[2];
  ASSERT_EQ(pipe(pipe_ends), 0);
  const int saved = dup(STDERR_FILENO);
  dup2(pipe_ends[1], STDERR_FILENO);
  close(pipe_ends[1]);
  // As a parent may have left it.
  fcntl(STDERR_FILENO, F_SETFL, O_NONBLOCK);
  std::string received;
  std::thread reader([&received, end = pipe_ends[0]] {
    char buffer[4096];
    for (ssize_t size; (size = read(end, buffer, sizeof(buffer))) > 0;) {
      received.append(buffer, static_cast<size_t>(size));
    }
  });
  std::vector<std::thread> writers;
  for (int t = 0; t < kThreads; ++t) {
    writers.emplace_back([t, &filler] {
      for (int i = 0; i < kLines; ++i) {
        Log(Severity::kInfo, filler, {{"thread", t}, {"line", i}});
      }
    });
  }
  for (std::thread& writer : writers) writer.join();
  dup2(saved, STDERR_FILENO);
  close(saved);
  reader.join();
  close(pipe_ends[0]);

  std::vector<std::vector<std::string>> lines(kThreads);
  for (const absl::string_view line :
       absl::StrSplit(received, '\n', absl::SkipEmpty())) {
    const size_t tag = line.find("\"thread\":");
    ASSERT_NE(tag, absl::string_view::npos) << line;
    const int thread = line[tag + 9] - '0';
    ASSERT_TRUE(thread >= 0 && thread < kThreads) << line;
    EXPECT_TRUE(absl::StrContains(
        line, absl::StrCat("\"message\":\"", filler, "\",\"thread\"")))
        << line;
    lines[static_cast<size_t>(thread)].push_back(std::string(line));
  }
  for (const std::vector<std::string>& of_thread : lines) {
    ASSERT_EQ(of_thread.size(), static_cast<size_t>(kLines));
    for (int i = 0; i < kLines; ++i) {
      EXPECT_TRUE(absl::EndsWith(of_thread[static_cast<size_t>(i)],
                                 absl::StrCat(",\"line\":", i, "}")));
    }
  }
}

TEST(LogLimiter, AllowsSomePerIntervalAndCountsTheRest) {
  LogLimiter limiter(2, absl::Seconds(10));
  EXPECT_THAT(limiter.Allow(kTime), Optional(0));
  EXPECT_THAT(limiter.Allow(kTime + absl::Seconds(1)), Optional(0));
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(limiter.Allow(kTime + absl::Seconds(9)), std::nullopt);
  }
  EXPECT_THAT(limiter.Allow(kTime + absl::Seconds(10)), Optional(5));
  EXPECT_THAT(limiter.Allow(kTime + absl::Seconds(11)), Optional(0));
  EXPECT_EQ(limiter.Allow(kTime + absl::Seconds(12)), std::nullopt);
  EXPECT_EQ(limiter.total_dropped(), 6);
}

TEST(LogLimiter, GoesOnWhenTheClockIsSetBack) {
  LogLimiter limiter(1, absl::Minutes(1));
  EXPECT_THAT(limiter.Allow(kTime), Optional(0));
  EXPECT_EQ(limiter.Allow(kTime), std::nullopt);
  EXPECT_THAT(limiter.Allow(kTime - absl::Hours(24)), Optional(1));
}

TEST(LogLimiter, CountsEveryEventOfManyThreads) {
  LogLimiter limiter(3, absl::Hours(1));
  std::atomic<int> allowed = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 1000; ++i) {
        if (limiter.Allow().has_value()) ++allowed;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(allowed, 3);
  EXPECT_EQ(limiter.total_dropped(), 3997);
}

}  // namespace
}  // namespace sightline
