#include "common/server/timer.h"

#include <gtest/gtest.h>

#include <mutex>
#include <vector>

#include "absl/synchronization/notification.h"
#include "absl/time/clock.h"

namespace sightline {
namespace {

TEST(Timer, RunsInTheOrderOfTheTimes) {
  std::mutex mutex;
  std::vector<int> order;
  absl::Notification done;
  Timer timer;
  const absl::Time now = absl::Now();
  const auto note = [&](int i) {
    std::lock_guard<std::mutex> lock(mutex);
    order.push_back(i);
  };
  timer.At(now + absl::Milliseconds(60), [&] {
    note(3);
    done.Notify();
  });
  timer.At(now + absl::Milliseconds(20), [&] { note(1); });
  timer.At(now + absl::Milliseconds(40), [&] { note(2); });
  timer.At(absl::InfinitePast(), [&] { note(0); });
  done.WaitForNotification();
  EXPECT_EQ(order, (std::vector<int>{0, 1, 2, 3}));
}

TEST(Timer, ForgetsWhatIsCancelledAndWhatIsNotDue) {
  bool ran = false;
  absl::Notification later;
  {
    Timer timer;
    const Timer::Id id =
        timer.At(absl::Now() + absl::Milliseconds(10), [&] { ran = true; });
    timer.Cancel(id);
    timer.At(absl::Now() + absl::Hours(1), [&] { ran = true; });
    timer.At(absl::Now() + absl::Milliseconds(20), [&] { later.Notify(); });
    later.WaitForNotification();
  }
  EXPECT_FALSE(ran);
}

TEST(Timer, AFunctionMaySetTheTimerAgain) {
  absl::Notification done;
  Timer timer;
  int left = 3;
  std::function<void()> again = [&] {
    if (--left == 0) {
      done.Notify();
    } else {
      timer.At(absl::Now(), again);
    }
  };
  timer.At(absl::Now(), again);
  done.WaitForNotification();
  EXPECT_EQ(left, 0);
}

}  // namespace
}  // namespace sightline
