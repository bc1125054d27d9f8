// What a device engine does with pages, and with whom it makes wait.
#include "services/preprocess/engine/device/device_engine.h"

#include <iostream>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/time/clock.h"
#include "common/status/error.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/preprocess/engine/device/cuda_device.h"
#include "services/preprocess/engine/reasons.h"
#include "tests/unit/services/preprocess/engine/device/device_rig.h"
#include "tests/unit/services/preprocess/engine/test_pages.h"

namespace sightline::preprocess::device {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

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

}  // namespace
}  // namespace sightline::preprocess::device
