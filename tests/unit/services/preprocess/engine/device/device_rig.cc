#include "tests/unit/services/preprocess/engine/device/device_rig.h"

#include <utility>

#include "absl/time/clock.h"
#include "gtest/gtest.h"
#include "tests/unit/services/preprocess/engine/test_pages.h"

namespace sightline::preprocess::device {
namespace {

constexpr absl::Duration kAmple = absl::Seconds(60);

}  // namespace

DeviceEngineOptions Patient() {
  return {.slots = 2, .max_delay = kAmple, .hang_deadline = kAmple};
}

Rig MakeRig(const FaultPlan& plan, const DeviceEngineOptions& options,
            const HostDeviceOptions& host) {
  auto device =
      std::make_unique<FaultyDevice>(std::make_unique<HostDevice>(host), plan);
  Rig rig;
  rig.device = device.get();
  auto engine = DeviceEngine::Create(std::move(device), options);
  EXPECT_TRUE(engine.ok()) << engine.status();
  rig.engine = *std::move(engine);
  return rig;
}

const Pipeline& LightPipeline() {
  static const Pipeline pipeline =
      *Pipeline::Create({ClaheOptions(), GaussianOptions(),
                         AdaptiveMeanOptions(), MedianOptions()});
  return pipeline;
}

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

void AwaitFirst(const Rig& rig) {
  while (rig.device->waits() == 0) absl::SleepFor(absl::Milliseconds(1));
}

int64_t Pages(const DeviceEngine& engine, FallbackReason reason) {
  return engine.counters().pages[static_cast<size_t>(reason)];
}

}  // namespace sightline::preprocess::device
