#include "common/stop/stop_token.h"

#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <optional>
#include <thread>
#include <vector>

#include "common/status/error.h"

namespace sightline {
namespace {

TEST(StopToken, ThatIsDefaultConstructedNeverStops) {
  const StopToken token;
  EXPECT_TRUE(token.Poll().ok());
  EXPECT_EQ(token.deadline(), absl::InfiniteFuture());
  bool called = false;
  {
    const StopCallback callback(token, [&] { called = true; });
  }
  EXPECT_FALSE(called);
}

TEST(StopToken, GivesTheFirstReason) {
  StopSource source;
  const StopToken token = source.token();
  const StopToken copy = token;
  EXPECT_TRUE(token.Poll().ok());
  source.Stop(absl::CancelledError("the client has gone"));
  source.Stop(absl::UnavailableError("the server drains"));
  EXPECT_EQ(token.Poll(), absl::CancelledError("the client has gone"));
  EXPECT_EQ(copy.Poll(), absl::CancelledError("the client has gone"));
  EXPECT_EQ(source.token().Poll(), absl::CancelledError("the client has gone"));
}

TEST(StopToken, KeepsTheDetailsOfTheReason) {
  StopSource source;
  source.Stop(Error(absl::StatusCode::kUnavailable, "DRAINING").Message("m"));
  const auto details = DetailsOf(source.token().Poll());
  ASSERT_TRUE(details.has_value());
  EXPECT_EQ(details->reason, "DRAINING");
}

TEST(StopToken, OutlivesItsSource) {
  std::optional<StopSource> source(std::in_place);
  const StopToken going = source->token();
  source.reset();
  EXPECT_TRUE(going.Poll().ok());
  source.emplace();
  const StopToken stopped = source->token();
  source->Stop(absl::CancelledError("x"));
  source.reset();
  EXPECT_EQ(stopped.Poll(), absl::CancelledError("x"));
}

TEST(StopToken, StopsAtItsDeadline) {
  const StopSource past(absl::Now() - absl::Seconds(1));
  const absl::Status status = past.token().Poll();
  EXPECT_EQ(status.code(), absl::StatusCode::kDeadlineExceeded);
  EXPECT_EQ(DetailsOf(status)->reason, "DEADLINE_EXCEEDED");
  EXPECT_TRUE(StopSource(absl::InfiniteFuture()).token().Poll().ok());

  const absl::Time soon = absl::Now() + absl::Milliseconds(30);
  const StopSource source(soon);
  EXPECT_EQ(source.token().deadline(), soon);
  while (absl::Now() < soon) {
    const absl::Status before = source.token().Poll();
    // The clock may have passed the deadline between both reads.
    if (!before.ok()) {
      EXPECT_GE(absl::Now(), soon);
    }
  }
  EXPECT_EQ(source.token().Poll().code(), absl::StatusCode::kDeadlineExceeded);
}

TEST(StopToken, PrefersAReasonToItsDeadline) {
  StopSource source(absl::Now() - absl::Seconds(1));
  source.Stop(absl::CancelledError("x"));
  EXPECT_EQ(source.token().Poll(), absl::CancelledError("x"));
}

TEST(StopCallback, RunsOnceOnTheStoppingThread) {
  StopSource source;
  int calls = 0;
  std::thread::id ran_on;
  const StopCallback callback(source.token(), [&] {
    ++calls;
    ran_on = std::this_thread::get_id();
  });
  std::thread::id stopped_on;
  std::thread([&] {
    stopped_on = std::this_thread::get_id();
    source.Stop(absl::CancelledError("x"));
    source.Stop(absl::CancelledError("y"));
  }).join();
  EXPECT_EQ(calls, 1);
  EXPECT_EQ(ran_on, stopped_on);
}

TEST(StopCallback, SeesTheReason) {
  StopSource source;
  const StopToken token = source.token();
  absl::Status seen;
  const StopCallback callback(token, [&] { seen = token.Poll(); });
  source.Stop(absl::CancelledError("x"));
  EXPECT_EQ(seen, absl::CancelledError("x"));
}

TEST(StopCallback, RunsAtOnceIfAlreadyStopped) {
  StopSource source;
  source.Stop(absl::CancelledError("x"));
  bool called = false;
  const StopCallback callback(source.token(), [&] { called = true; });
  EXPECT_TRUE(called);
}

TEST(StopCallback, DoesNotRunAfterItsEnd) {
  StopSource source;
  bool called = false;
  {
    const StopCallback callback(source.token(), [&] { called = true; });
  }
  source.Stop(absl::CancelledError("x"));
  EXPECT_FALSE(called);
}

TEST(StopCallback, WaitsForTheFunctionThatRuns) {
  for (int round = 0; round < 50; ++round) {
    StopSource source;
    std::atomic<bool> has_begun = false;
    std::atomic<bool> has_ended = false;
    auto callback = std::make_unique<StopCallback>(source.token(), [&] {
      has_begun = true;
      std::this_thread::yield();
      has_ended = true;
    });
    std::thread stopper([&] { source.Stop(absl::CancelledError("x")); });
    while (!has_begun) std::this_thread::yield();
    callback.reset();
    EXPECT_TRUE(has_ended);
    stopper.join();
  }
}

TEST(StopSource, KeepsOneReasonWhateverTheThreads) {
  for (int round = 0; round < 20; ++round) {
    StopSource source;
    std::atomic<int> calls = 0;
    const StopCallback callback(source.token(), [&] { ++calls; });
    std::vector<absl::Status> seen(4);
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i) {
      threads.emplace_back([&source, &seen, i] {
        const StopToken token = source.token();
        source.Stop(absl::CancelledError(i % 2 == 0 ? "even" : "odd"));
        // Whoever came first: from here on everybody sees the same.
        seen[i] = token.Poll();
      });
    }
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(calls, 1);
    EXPECT_FALSE(seen[0].ok());
    for (const absl::Status& status : seen) EXPECT_EQ(status, seen[0]);
  }
}

TEST(StopSource, StopsThreadsThatPoll) {
  StopSource source;
  std::vector<std::thread> threads;
  std::atomic<int> stopped = 0;
  for (int i = 0; i < 3; ++i) {
    threads.emplace_back([token = source.token(), &stopped] {
      while (token.Poll().ok()) std::this_thread::yield();
      ++stopped;
    });
  }
  source.Stop(absl::CancelledError("x"));
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(stopped, 3);
}

}  // namespace
}  // namespace sightline
