// A page comes back with the operator's bytes, whatever the device does:
// RunPage() compares every result.
#include <atomic>
#include <thread>
#include <vector>

#include "absl/time/clock.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/unit/services/preprocess/engine/device/device_rig.h"
#include "tests/unit/services/preprocess/engine/test_pages.h"

namespace sightline::preprocess::device {
namespace {

using testing::AnyOf;
using testing::ElementsAre;

TEST(OutOfMemory, IsOvercomeByASecondTry) {
  const Rig rig = MakeRig({.no_memory = {0, 1}}, Patient());
  EXPECT_THAT(RunPage(rig, 1), ElementsAre("host:0", "host:0"));
  EXPECT_EQ(rig.engine->counters().retries, 1);
  EXPECT_EQ(rig.device->trims(), 1);
}

TEST(OutOfMemory, CostsOnlyTheRequestThatItHits) {
  const Rig rig = MakeRig({.no_memory = {0, 2}}, Patient());
  EXPECT_THAT(RunPage(rig, 1), ElementsAre("out_of_memory", "host:0"));
  EXPECT_THAT(RunPage(rig, 2), ElementsAre("host:0", "host:0"));
  EXPECT_TRUE(rig.engine->is_healthy());
}

TEST(OutOfMemory, OfPinnedMemoryIsTheSame) {
  const Rig rig = MakeRig({.no_pinned_memory = {0, 2}}, Patient());
  EXPECT_THAT(RunPage(rig, 1), ElementsAre("out_of_memory", "host:0"));
  EXPECT_THAT(RunPage(rig, 2), ElementsAre("host:0", "host:0"));
}

// Only half of a batch fits: the device has less than its budget says.
TEST(OutOfMemory, HalvesTheBatch) {
  DeviceEngineOptions options = Patient();
  options.slots = 1;
  const Rig rig = MakeRig({.slowness = absl::Milliseconds(400)}, options,
                          {.total_bytes = 400000});
  Random random(8);
  const GrayImage page = RandomPage(random, 300, 300);
  const auto pipeline = Pipeline::Create({MedianOptions()});
  // 180 KB each: one is on its way while the others gather.
  std::vector<std::jthread> threads;
  std::atomic<int> done = 0;
  for (int i = 0; i < 5; ++i) {
    threads.emplace_back([&] {
      const auto fates = RunPage(rig.engine.get(), page, *pipeline);
      EXPECT_THAT(fates, ElementsAre(AnyOf("host:0", "out_of_memory")));
      if (fates[0] == "host:0") ++done;
    });
    if (i == 0) AwaitFirst(rig);
  }
  threads.clear();
  EXPECT_GE(rig.engine->counters().retries, 1);
  EXPECT_GE(done, 3);
}

TEST(StickyError, MeansTheProcessorFromThenOn) {
  for (const FaultPlan& plan : {FaultPlan{.broken_launches = {3, 1}},
                                FaultPlan{.broken_waits = {1, 1}}}) {
    const Rig rig = MakeRig(plan, Patient());
    EXPECT_THAT(RunPage(rig, 1),
                ElementsAre("host:0", AnyOf("host:0", "device_failed")));
    RunPage(rig, 2);
    EXPECT_FALSE(rig.engine->is_healthy());
    EXPECT_FALSE(rig.engine->counters().is_healthy);
    EXPECT_THAT(RunPage(rig, 3), ElementsAre("device_failed", "device_failed"));
  }
}

TEST(Hang, GivesUpTheSlotAndNoOther) {
  DeviceEngineOptions options = Patient();
  options.hang_deadline = absl::Milliseconds(200);
  const Rig rig = MakeRig({.hanging_waits = {2, 1}}, options);
  EXPECT_THAT(RunPage(rig, 1), ElementsAre("host:0", "host:0"));
  // The other slot has no memory yet, and gets none any more.
  EXPECT_THAT(RunPage(rig, 2), ElementsAre("hang", "hang"));
  EXPECT_EQ(rig.engine->counters().usable_slots, 1);
  EXPECT_TRUE(rig.engine->is_healthy());
  EXPECT_EQ(rig.device->calls_to_hanging_streams(), 0);
}

TEST(Hang, LeavesSlotsThatHaveTheirMemory) {
  DeviceEngineOptions options = Patient();
  options.hang_deadline = absl::Milliseconds(100);
  const Rig rig = MakeRig(
      {.hanging_waits = {2, 1}, .slowness = absl::Milliseconds(300)}, options);
  const auto pipeline = Pipeline::Create({MedianOptions()});
  Random random(11);
  const GrayImage page = RandomPage(random, 100, 80);
  {
    // Both slots get memory.
    std::jthread first([&] { RunPage(rig.engine.get(), page, *pipeline); });
    AwaitFirst(rig);
    RunPage(rig.engine.get(), page, *pipeline);
  }
  EXPECT_TRUE(rig.engine->CurrentInfo().ok());
  EXPECT_THAT(RunPage(rig.engine.get(), page, *pipeline), ElementsAre("hang"));
  EXPECT_FALSE(rig.engine->CurrentInfo().ok());
  for (int i = 0; i < 3; ++i) {
    EXPECT_THAT(RunPage(rig.engine.get(), page, *pipeline),
                ElementsAre("host:0"));
  }
  // A larger page needs more memory, for which nobody asks any more.
  EXPECT_THAT(
      RunPage(rig.engine.get(), RandomPage(random, 200, 200), *pipeline),
      ElementsAre("hang"));
  EXPECT_EQ(rig.engine->counters().usable_slots, 1);
  EXPECT_EQ(rig.device->calls_to_hanging_streams(), 0);
}

TEST(Hang, OfAllSlotsMeansTheProcessorFromThenOn) {
  DeviceEngineOptions options = Patient();
  options.slots = 1;
  options.hang_deadline = absl::Milliseconds(100);
  const Rig rig = MakeRig({.hanging_waits = FaultRange::From(0)}, options);
  EXPECT_THAT(RunPage(rig, 1), ElementsAre("hang", "device_failed"));
  EXPECT_FALSE(rig.engine->is_healthy());
  EXPECT_EQ(rig.engine->counters().usable_slots, 0);
  EXPECT_EQ(rig.device->calls_to_hanging_streams(), 0);
}

// Every fault at once, from many threads: RunPage() compares every result.
TEST(ManyThreads, GetTheSameBytesWhateverFails) {
  const FaultPlan plans[] = {
      {},
      {.slowness = absl::Milliseconds(2)},
      {.no_memory = {3, 20}, .no_pinned_memory = {2, 9}},
      {.no_memory = FaultRange::From(1)},
      {.broken_launches = FaultRange::From(25)},
      {.broken_waits = FaultRange::From(12)},
      {.hanging_waits = {7, 1}},
      {.no_memory = {2, 3}, .hanging_waits = FaultRange::From(9)},
  };
  for (const FaultPlan& plan : plans) {
    DeviceEngineOptions options = Patient();
    options.hang_deadline = absl::Milliseconds(50);
    options.max_batch = 3;
    const Rig rig = MakeRig(plan, options);
    std::vector<std::jthread> threads;
    for (int thread = 0; thread < 8; ++thread) {
      threads.emplace_back([&, thread] {
        Random random(static_cast<unsigned>(thread));
        for (int i = 0; i < 6; ++i) {
          const GrayImage page = RandomPage(random, Between(random, 1, 160),
                                            Between(random, 1, 90));
          EXPECT_EQ(RunPage(rig.engine.get(), page, LightPipeline()).size(),
                    2u);
        }
      });
    }
    threads.clear();
    int64_t pages = 0;
    for (const int64_t each : rig.engine->counters().pages) pages += each;
    EXPECT_EQ(pages, 8 * 6 * 2);
    EXPECT_EQ(rig.device->calls_to_hanging_streams(), 0);
  }
}

}  // namespace
}  // namespace sightline::preprocess::device
