#include "common/server/executor.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>

#include "absl/synchronization/notification.h"
#include "absl/time/clock.h"
#include "common/status/error.h"

namespace sightline {
namespace {

TEST(Executor, RunsEverythingItAccepted) {
  std::atomic<int> ran = 0;
  {
    Executor executor({.name = "test", .threads = 3, .max_queued = 1000});
    for (int i = 0; i < 500; ++i) {
      ASSERT_TRUE(executor
                      .Submit([&ran](absl::Status admitted) {
                        EXPECT_TRUE(admitted.ok());
                        ++ran;
                      })
                      .ok());
    }
  }
  EXPECT_EQ(ran, 500);
}

TEST(Executor, RefusesWhenItsLineIsFullAndSaysWhenToComeBack) {
  absl::Notification go;
  std::atomic<int> ran = 0;
  Executor executor({.name = "test", .threads = 1, .max_queued = 2});
  absl::Notification running;
  ASSERT_TRUE(executor
                  .Submit([&](absl::Status) {
                    running.Notify();
                    go.WaitForNotification();
                    ++ran;
                  })
                  .ok());
  running.WaitForNotification();
  for (int i = 0; i < 2; ++i) {
    ASSERT_TRUE(executor.Submit([&](absl::Status) { ++ran; }).ok());
  }
  EXPECT_EQ(executor.busy(), 1);
  EXPECT_EQ(executor.queued(), 2);
  const absl::Status refused = executor.Submit([&](absl::Status) { ++ran; });
  EXPECT_EQ(refused.code(), absl::StatusCode::kResourceExhausted);
  const auto details = DetailsOf(refused);
  ASSERT_TRUE(details.has_value());
  EXPECT_EQ(details->reason, "OVERLOADED");
  ASSERT_TRUE(details->retry_after.has_value());
  EXPECT_GT(*details->retry_after, absl::ZeroDuration());
  go.Notify();
  executor.Close();
  EXPECT_EQ(ran, 3);
}

TEST(Executor, TellsATaskThatItWaitedTooLong) {
  absl::Notification go, running, told;
  Executor executor({.name = "test",
                     .threads = 1,
                     .max_queued = 10,
                     .max_wait = absl::Milliseconds(20)});
  ASSERT_TRUE(executor
                  .Submit([&](absl::Status) {
                    running.Notify();
                    go.WaitForNotification();
                  })
                  .ok());
  running.WaitForNotification();
  absl::Status admitted;
  ASSERT_TRUE(executor
                  .Submit([&](absl::Status status) {
                    admitted = std::move(status);
                    told.Notify();
                  })
                  .ok());
  absl::SleepFor(absl::Milliseconds(40));
  go.Notify();
  told.WaitForNotification();
  EXPECT_EQ(admitted.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(DetailsOf(admitted)->reason, "QUEUE_TIMEOUT");
  EXPECT_TRUE(DetailsOf(admitted)->retry_after.has_value());
}

TEST(Executor, KnowsHowLongItsLongestTaskRuns) {
  absl::Notification go, running;
  Executor executor({.name = "test", .threads = 2, .max_queued = 10});
  EXPECT_EQ(executor.LongestRunning(absl::Now()), absl::ZeroDuration());
  ASSERT_TRUE(executor
                  .Submit([&](absl::Status) {
                    running.Notify();
                    go.WaitForNotification();
                  })
                  .ok());
  running.WaitForNotification();
  EXPECT_GE(executor.LongestRunning(absl::Now() + absl::Minutes(1)),
            absl::Minutes(1));
  go.Notify();
}

}  // namespace
}  // namespace sightline
