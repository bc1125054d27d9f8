// A device engine on a device that fails on demand.
#ifndef SIGHTLINE_TESTS_UNIT_SERVICES_PREPROCESS_ENGINE_DEVICE_DEVICE_RIG_H_
#define SIGHTLINE_TESTS_UNIT_SERVICES_PREPROCESS_ENGINE_DEVICE_DEVICE_RIG_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "services/preprocess/engine/device/device_engine.h"
#include "services/preprocess/engine/device/faulty_device.h"
#include "services/preprocess/engine/device/host_device.h"
#include "services/preprocess/engine/pipeline/pipeline.h"

namespace sightline::preprocess::device {

// Two slots; delays and deadlines that are long enough for every batch of a
// test under sanitizers on a busy machine.
DeviceEngineOptions Patient();

struct Rig {
  // Owned by the engine.
  FaultyDevice* device = nullptr;
  std::unique_ptr<DeviceEngine> engine;
};

Rig MakeRig(const FaultPlan& plan, const DeviceEngineOptions& options,
            const HostDeviceOptions& host = {});

// The chain of `seed_compat`, and something with another kernel.
const Pipeline& LightPipeline();

// Runs a page with and without the accelerator and expects the same bytes. What
// happened to it: "host:0", or the fallback reason, for each stage.
std::vector<std::string> RunPage(Accelerator* accelerator, const GrayView& page,
                                 const Pipeline& pipeline);
// A random one, of 150 x 90 pixels, through LightPipeline().
std::vector<std::string> RunPage(const Rig& rig, int seed);

// Until the first page is on a slot.
void AwaitFirst(const Rig& rig);

// With this fate so far.
int64_t Pages(const DeviceEngine& engine, FallbackReason reason);

}  // namespace sightline::preprocess::device

#endif  // SIGHTLINE_TESTS_UNIT_SERVICES_PREPROCESS_ENGINE_DEVICE_DEVICE_RIG_H_
