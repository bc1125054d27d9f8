#include "common/memory/byte_budget.h"

#include <gtest/gtest.h>

#include <atomic>
#include <optional>
#include <random>
#include <thread>
#include <vector>

#include "absl/time/clock.h"
#include "common/status/error.h"

namespace sightline {
namespace {

ByteBudget::Options Of(int64_t bytes, int max_waiting = 100) {
  ByteBudget::Options options;
  options.name = "test";
  options.capacity_bytes = bytes;
  options.max_waiting = max_waiting;
  return options;
}

// Where an Acquire() leaves its outcome.
struct Outcome {
  std::optional<absl::StatusOr<Lease>> value;
  ByteBudget::Granted Taker() {
    return [this](absl::StatusOr<Lease> lease) {
      EXPECT_FALSE(value.has_value()) << "decided twice";
      value.emplace(std::move(lease));
    };
  }
  bool decided() const { return value.has_value(); }
  absl::Status status() const { return value->status(); }
};

TEST(ByteBudget, GrantsAtOnceWhatIsFree) {
  ByteBudget budget(Of(100));
  Outcome a;
  budget.Acquire(60, StopToken(), a.Taker());
  ASSERT_TRUE(a.decided());
  ASSERT_TRUE(a.status().ok());
  EXPECT_EQ(budget.leased_bytes(), 60);
  a.value.reset();
  EXPECT_EQ(budget.leased_bytes(), 0);
}

TEST(ByteBudget, ServesInOrderSoThatALargeRequestIsNotStarved) {
  ByteBudget budget(Of(100));
  Outcome first, large, small;
  budget.Acquire(60, StopToken(), first.Taker());
  budget.Acquire(80, StopToken(), large.Taker());
  budget.Acquire(10, StopToken(), small.Taker());
  EXPECT_FALSE(large.decided());
  EXPECT_FALSE(small.decided()) << "overtook the large one";
  EXPECT_EQ(budget.waiting(), 2);
  first.value.reset();
  ASSERT_TRUE(large.decided() && large.status().ok());
  ASSERT_TRUE(small.decided() && small.status().ok());
  EXPECT_EQ(budget.leased_bytes(), 90);
}

TEST(ByteBudget, NeverFitsIsSaidAtOnceAndWithoutARetryTime) {
  ByteBudget budget(Of(100));
  Outcome a;
  budget.Acquire(101, StopToken(), a.Taker());
  ASSERT_TRUE(a.decided());
  EXPECT_EQ(a.status().code(), absl::StatusCode::kResourceExhausted);
  const auto details = DetailsOf(a.status());
  EXPECT_EQ(details->reason, "NEVER_FITS");
  EXPECT_FALSE(details->retry_after.has_value());
  ASSERT_TRUE(details->quota.has_value());
  EXPECT_EQ(details->quota->subject, "memory_budget");
}

TEST(ByteBudget, AFullLineIsOverloadWithARetryTime) {
  ByteBudget budget(Of(100, /*max_waiting=*/1));
  Outcome a, b, c;
  budget.Acquire(100, StopToken(), a.Taker());
  budget.Acquire(1, StopToken(), b.Taker());
  budget.Acquire(1, StopToken(), c.Taker());
  EXPECT_FALSE(b.decided());
  ASSERT_TRUE(c.decided());
  EXPECT_EQ(DetailsOf(c.status())->reason, "OVERLOADED");
  EXPECT_TRUE(DetailsOf(c.status())->retry_after.has_value());
  a.value.reset();
  EXPECT_TRUE(b.decided());
}

TEST(ByteBudget, WaitingEndsWithTheTime) {
  ByteBudget budget(Of(100));
  Outcome a, b, c;
  budget.Acquire(100, StopToken(), a.Taker());
  budget.Acquire(50, StopToken(), b.Taker(), absl::Seconds(1));
  budget.Acquire(50, StopToken(), c.Taker(), absl::InfiniteDuration());
  budget.ExpireWaiting(absl::Now());
  EXPECT_FALSE(b.decided());
  budget.ExpireWaiting(absl::Now() + absl::Seconds(2));
  ASSERT_TRUE(b.decided());
  EXPECT_EQ(DetailsOf(b.status())->reason, "QUEUE_TIMEOUT");
  EXPECT_TRUE(DetailsOf(b.status())->retry_after.has_value());
  EXPECT_FALSE(c.decided());
  a.value.reset();
  EXPECT_TRUE(c.decided());
}

TEST(ByteBudget, StoppingLeavesTheLineAndLetsTheNextIn) {
  ByteBudget budget(Of(100));
  StopSource stop;
  Outcome a, large, small;
  budget.Acquire(60, StopToken(), a.Taker());
  budget.Acquire(80, stop.token(), large.Taker());
  budget.Acquire(10, StopToken(), small.Taker());
  stop.Stop(absl::CancelledError("gone"));
  ASSERT_TRUE(large.decided());
  EXPECT_EQ(large.status().code(), absl::StatusCode::kCancelled);
  ASSERT_TRUE(small.decided());
  EXPECT_TRUE(small.status().ok());
  Outcome late;
  budget.Acquire(1, stop.token(), late.Taker());
  ASSERT_TRUE(late.decided());
  EXPECT_EQ(late.status().code(), absl::StatusCode::kCancelled);
}

TEST(ByteBudget, GrowingNeverWaitsAndNeverOvertakes) {
  ByteBudget budget(Of(100));
  Outcome a, waiting;
  budget.Acquire(60, StopToken(), a.Taker());
  Lease& lease = **a.value;
  EXPECT_TRUE(lease.TryGrow(20));
  EXPECT_EQ(lease.bytes(), 80);
  EXPECT_FALSE(lease.TryGrow(21));
  budget.Acquire(50, StopToken(), waiting.Taker());
  EXPECT_FALSE(lease.TryGrow(1)) << "somebody waits for it";
  lease.ShrinkTo(50);
  EXPECT_TRUE(waiting.decided());
  lease.ShrinkTo(70);
  EXPECT_EQ(lease.bytes(), 50) << "shrinking does not grow";
}

TEST(ByteBudget, LeasesMove) {
  ByteBudget budget(Of(100));
  Outcome a;
  budget.Acquire(60, StopToken(), a.Taker());
  Lease one = *std::move(*a.value);
  Lease two = std::move(one);
  EXPECT_EQ(two.bytes(), 60);
  two = Lease();
  EXPECT_EQ(budget.leased_bytes(), 0);
}

// Many threads that acquire, grow, shrink, stop and time out: everything is
// decided exactly once and nothing is lost.
TEST(ByteBudget, KeepsItsBooksUnderContention) {
  ByteBudget budget(Of(1000, /*max_waiting=*/6));
  std::atomic<int> decided = 0;
  std::atomic<bool> over = false;
  constexpr int kThreads = 8, kRounds = 400;
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      std::mt19937 random(t);
      for (int i = 0; i < kRounds; ++i) {
        StopSource stop;
        std::thread stopper;
        if (random() % 4 == 0) {
          stopper =
              std::thread([&stop] { stop.Stop(absl::CancelledError("gone")); });
        }
        auto lease = budget.AcquireBlocking(1 + random() % 700, stop.token());
        ++decided;
        if (lease.ok()) {
          if (random() % 2 == 0) lease->TryGrow(100);
          if (random() % 2 == 0) lease->ShrinkTo(10);
          EXPECT_LE(budget.leased_bytes(), 1000);
        }
        if (stopper.joinable()) stopper.join();
      }
    });
  }
  std::thread expirer([&] {
    while (!over) {
      budget.ExpireWaiting(absl::Now() + absl::Seconds(9.999));
      absl::SleepFor(absl::Milliseconds(1));
    }
  });
  for (std::thread& thread : threads) thread.join();
  over = true;
  expirer.join();
  EXPECT_EQ(decided, kThreads * kRounds);
  EXPECT_EQ(budget.leased_bytes(), 0);
  EXPECT_EQ(budget.waiting(), 0);
}

}  // namespace
}  // namespace sightline
