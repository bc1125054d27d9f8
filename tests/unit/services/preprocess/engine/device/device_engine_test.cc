// A page comes back with the operator's bytes, whatever the device does.
#include "services/preprocess/engine/device/device_engine.h"

#include <atomic>
#include <iostream>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/time/clock.h"
#include "common/status/error.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/preprocess/engine/device/cuda_device.h"
#include "services/preprocess/engine/device/faulty_device.h"
#include "services/preprocess/engine/device/host_device.h"
#include "services/preprocess/engine/pipeline/pipeline.h"
#include "services/preprocess/engine/reasons.h"
#include "tests/unit/services/preprocess/engine/test_pages.h"

namespace sightline::preprocess::device {
namespace {

using testing::AnyOf;
using testing::ElementsAre;
using testing::HasSubstr;

// Long enough for every batch of a test under sanitizers on a busy machine.
constexpr absl::Duration kAmple = absl::Seconds(60);

DeviceEngineOptions Patient() {
  return {.slots = 2, .max_delay = kAmple, .hang_deadline = kAmple};
}

struct Rig {
  // Owned by the engine.
  FaultyDevice* device = nullptr;
  std::unique_ptr<DeviceEngine> engine;
};

Rig MakeRig(const FaultPlan& plan, const DeviceEngineOptions& options,
            const HostDeviceOptions& host = {}) {
  auto device =
      std::make_unique<FaultyDevice>(std::make_unique<HostDevice>(host), plan);
  Rig rig;
  rig.device = device.get();
  auto engine = DeviceEngine::Create(std::move(device), options);
  EXPECT_TRUE(engine.ok()) << engine.status();
  rig.engine = *std::move(engine);
  return rig;
}

// The chain of `seed_compat`, and something with another kernel.
const Pipeline& LightPipeline() {
  static const Pipeline pipeline =
      *Pipeline::Create({ClaheOptions(), GaussianOptions(),
                         AdaptiveMeanOptions(), MedianOptions()});
  return pipeline;
}

// What happened to a page: "host:0", or the fallback reason, for each stage.
std::vector<std::string> RunPage(Accelerator* accelerator, const GrayView& page,
                                 const Pipeline& pipeline) {
  const auto expected = pipeline.Run(page);
  const auto actual = pipeline.Run(page, {.accelerator = accelerator});
  EXPECT_TRUE(expected.ok()) << expected.status();
  EXPECT_TRUE(actual.ok()) << actual.status();
  if (!expected.ok() || !actual.ok()) return {};
  EXPECT_EQ(Differences(expected->page, actual->page), kSame);
  std::vector<std::string> fates;
  for (const StageReport& stage : actual->report.stages) {
    EXPECT_EQ(stage.device == "cpu", !stage.fallback_reason.empty());
    fates.push_back(stage.device == "cpu" ? stage.fallback_reason
                                          : stage.device);
  }
  return fates;
}

std::vector<std::string> RunPage(const Rig& rig, int seed) {
  Random random(static_cast<unsigned>(seed));
  return RunPage(rig.engine.get(), RandomPage(random, 150, 90),
                 LightPipeline());
}

// Until the first page is on a slot.
void AwaitFirst(const Rig& rig) {
  while (rig.device->waits() == 0) absl::SleepFor(absl::Milliseconds(1));
}

int64_t Pages(const DeviceEngine& engine, FallbackReason reason) {
  return engine.counters().pages[static_cast<size_t>(reason)];
}

TEST(DeviceEngine, DoesWhatThePipelineAsksFor) {
  const Rig rig = MakeRig({}, Patient());
  EXPECT_THAT(RunPage(rig, 1), ElementsAre("host:0", "host:0"));
  EXPECT_EQ(Pages(*rig.engine, FallbackReason::kNone), 2);
  EXPECT_EQ(rig.engine->counters().batches, 2);
  EXPECT_EQ(rig.engine->counters().batch_sizes[0], 2);
  EXPECT_TRUE(rig.engine->is_healthy());
  EXPECT_EQ(rig.engine->info().total_bytes, int64_t{1} << 30);
}

TEST(DeviceEngine, DoesStagesThatLookFirst) {
  Random random(2);
  GrayImage page(300, 200);
  for (int y = 0; y < page.height(); ++y) {
    for (int x = 0; x < page.width(); ++x) {
      page.row(y)[x] = static_cast<uint8_t>(
          (y / 20 % 2 == 0 && x % 6 < 2 ? 60 : 100 + x / 3) +
          Between(random, -30, 30));
    }
  }
  const Rig rig = MakeRig({}, Patient());
  const auto pipeline = Pipeline::Create({Denoise(), FlattenOptions()});
  EXPECT_THAT(RunPage(rig.engine.get(), page, *pipeline),
              ElementsAre("host:0", "host:0"));
}

TEST(DeviceEngine, LeavesWhatItCannotDoToTheProcessor) {
  const Rig rig = MakeRig({}, Patient());
  Random random(3);
  const GrayImage page = RandomPage(random, 70, 50);
  const auto pipeline = Pipeline::Create(
      {MorphologyOptions{.shape = rules::ElementShape::kEllipse},
       AdaptiveMeanOptions{.size = 255}});
  EXPECT_THAT(RunPage(rig.engine.get(), page, *pipeline),
              ElementsAre("unsupported", "unsupported"));
  // Stages that no device does do not ask.
  const auto otsu = Pipeline::Create({OtsuOptions()})
                        ->Run(page, {.accelerator = rig.engine.get()});
  EXPECT_EQ(otsu->report.stages[0].device, "cpu");
  EXPECT_EQ(otsu->report.stages[0].fallback_reason, "");
  EXPECT_EQ(Pages(*rig.engine, FallbackReason::kUnsupported), 2);
}

TEST(DeviceEngine, ColourGoesThroughTheChain) {
  const Rig rig = MakeRig({}, Patient());
  Random random(4);
  const RgbImage page = RandomColourPage(random, 111, 77);
  const auto expected = LightPipeline().Run(RgbView(page));
  const auto actual =
      LightPipeline().Run(RgbView(page), {.accelerator = rig.engine.get()});
  EXPECT_EQ(Differences(expected->page, actual->page), kSame);
  EXPECT_EQ(actual->report.stages[0].device, "host:0");
}

TEST(DeviceEngine, KnowsBeforehandWhatDoesNotFit) {
  DeviceEngineOptions options = Patient();
  options.device_budget_bytes = options.slots * (int64_t{1} << 20);
  const Rig rig = MakeRig({}, options);
  Random random(5);
  const auto pipeline = Pipeline::Create({MedianOptions()});
  EXPECT_THAT(
      RunPage(rig.engine.get(), RandomPage(random, 1000, 500), *pipeline),
      ElementsAre("host:0"));
  EXPECT_THAT(
      RunPage(rig.engine.get(), RandomPage(random, 1050, 500), *pipeline),
      ElementsAre("too_large"));
}

TEST(DeviceEngine, SaysWhyThereIsNone) {
  const auto engine = DeviceEngine::Create(
      std::make_unique<FaultyDevice>(std::make_unique<HostDevice>(),
                                     FaultPlan{.is_absent = true}),
      Patient());
  ASSERT_EQ(engine.status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(DetailsOf(engine.status())->reason, kDeviceUnavailable);
  EXPECT_THAT(std::string(engine.status().message()), HasSubstr("no driver"));
}

// With CUDA or without, with a device or without.
TEST(DeviceEngine, OpensACudaDeviceOrSaysWhyNot) {
  const auto engine = DeviceEngine::Open(0, Patient());
  if (!engine.ok()) {
    EXPECT_EQ(DetailsOf(engine.status())->reason, kDeviceUnavailable);
    std::cout << engine.status().message() << "\n";
    if (!IsCudaBuilt()) {
      EXPECT_THAT(std::string(engine.status().message()),
                  HasSubstr("built without CUDA"));
    }
    return;
  }
  Random random(6);
  for (int i = 0; i < 100; ++i) {
    EXPECT_THAT(RunPage(engine->get(), RandomPage(random), LightPipeline()),
                ElementsAre("cuda:0", "cuda:0"));
  }
}

TEST(DeviceEngine, NamesWrongOptions) {
  const auto engine = DeviceEngine::Create(
      std::make_unique<HostDevice>(),
      {.slots = 0, .max_batch = 0, .max_delay = absl::ZeroDuration()});
  ASSERT_EQ(engine.status().code(), absl::StatusCode::kInvalidArgument);
  std::vector<std::string> fields;
  const auto details = DetailsOf(engine.status());
  for (const FieldViolation& each : details->fields) {
    fields.push_back(each.field);
  }
  EXPECT_THAT(fields, ElementsAre("slots", "max_batch", "max_delay"));
}

TEST(DeviceEngine, StopsForWhoeverLostInterest) {
  const Rig rig = MakeRig({}, Patient());
  StopSource source;
  source.Stop(absl::CancelledError("gone"));
  Random random(7);
  const auto result = LightPipeline().Run(
      RandomPage(random, 9, 9),
      {.stop = source.token(), .accelerator = rig.engine.get()});
  EXPECT_EQ(result.status().code(), absl::StatusCode::kCancelled);
}

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

TEST(Waiting, EndsAtMaxDelay) {
  DeviceEngineOptions options = Patient();
  options.slots = 1;
  options.max_delay = absl::Milliseconds(20);
  const Rig rig = MakeRig({.slowness = absl::Seconds(1)}, options);
  const auto pipeline = Pipeline::Create({MedianOptions()});
  Random random(9);
  const GrayImage page = RandomPage(random, 40, 40);
  std::jthread first([&] {
    EXPECT_THAT(RunPage(rig.engine.get(), page, *pipeline),
                ElementsAre("host:0"));
  });
  AwaitFirst(rig);
  EXPECT_THAT(RunPage(rig.engine.get(), page, *pipeline), ElementsAre("busy"));
}

TEST(Waiting, EndsWhenTheCallerGoes) {
  DeviceEngineOptions options = Patient();
  options.slots = 1;
  const Rig rig = MakeRig({.slowness = absl::Seconds(1)}, options);
  const auto pipeline = Pipeline::Create({MedianOptions()});
  Random random(10);
  const GrayImage page = RandomPage(random, 40, 40);
  std::jthread first([&] { RunPage(rig.engine.get(), page, *pipeline); });
  AwaitFirst(rig);
  StopSource source;
  std::jthread stopper([&] {
    absl::SleepFor(absl::Milliseconds(50));
    source.Stop(absl::CancelledError("gone"));
  });
  // Had it waited for the slot, the page would have been done.
  const auto result = pipeline->Run(
      page, {.stop = source.token(), .accelerator = rig.engine.get()});
  EXPECT_EQ(result.status().code(), absl::StatusCode::kCancelled);
}

TEST(Batches, FormOnlyWhileAllSlotsAreBusy) {
  DeviceEngineOptions options = Patient();
  options.slots = 1;
  options.max_batch = 4;
  const Rig rig = MakeRig({.slowness = absl::Milliseconds(300)}, options);
  const auto pipeline = Pipeline::Create({MedianOptions()});
  std::vector<std::jthread> threads;
  for (int i = 0; i < 10; ++i) {
    threads.emplace_back([&, i] {
      Random random(static_cast<unsigned>(i));
      EXPECT_THAT(RunPage(rig.engine.get(),
                          RandomPage(random, 20 + 31 * i, 50 + i), *pipeline),
                  ElementsAre("host:0"));
    });
    if (i == 0) AwaitFirst(rig);
  }
  threads.clear();
  const DeviceEngineCounters counters = rig.engine->counters();
  EXPECT_EQ(Pages(*rig.engine, FallbackReason::kNone), 10);
  // The first one alone, then four at most.
  EXPECT_GE(counters.batches, 4);
  EXPECT_LT(counters.batches, 10);
  EXPECT_GE(counters.batch_sizes[0], 1);
  EXPECT_EQ(counters.batch_sizes[3], 0);
  EXPECT_EQ(counters.waiting_pages, 0);
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
