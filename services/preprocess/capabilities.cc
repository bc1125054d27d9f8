#include "services/preprocess/capabilities.h"

#include "services/preprocess/engine/instruction_set.h"
#include "services/preprocess/engine/pipeline/presets.h"
#include "services/preprocess/operation_from_proto.h"

namespace sightline::preprocess {

ServerFacts ServerFacts::Of(const Server& server) {
  ServerFacts facts;
  facts.max_message_bytes = server.options().max_message_bytes;
  facts.max_item_bytes = server.options().max_item_bytes;
  facts.call_memory_bytes = [&server] { return server.call_memory_bytes(); };
  facts.queued_calls = [&server] { return server.queued_calls(); };
  return facts;
}

v1::GetCapabilitiesResponse DescribeCapabilities(const PageProcessor& processor,
                                                 const GraphicsDevice& device,
                                                 const ServerFacts& facts) {
  v1::GetCapabilitiesResponse response;
  v1::ComputeDevice* cpu = response.add_devices();
  cpu->set_id("cpu");
  cpu->set_name(InstructionSetName(BestInstructionSet()));
  cpu->set_healthy(true);
  cpu->set_active_requests(processor.active());
  cpu->set_queued_requests(facts.queued_calls());
  if (device.engine() != nullptr) *response.add_devices() = device.Describe();
  response.set_no_device_reason(device.absence());
  const PreprocessLimits& limits = processor.limits();
  response.set_threads(limits.page_threads);
  response.set_max_side_pixels(limits.image.max_side_pixels);
  response.set_max_pixels(limits.image.max_pixels);
  response.set_max_file_bytes(facts.max_item_bytes);
  response.set_max_message_bytes(facts.max_message_bytes);
  response.set_memory_budget_bytes(facts.call_memory_bytes());
  for (const Preset preset : AllPresets()) {
    v1::PresetDescription* description = response.add_presets();
    description->set_preset(ToProto(preset));
    for (const Operation& operation : OperationsOf(preset)) {
      *description->mutable_operations()->add_operations() = ToProto(operation);
    }
  }
  return response;
}

}  // namespace sightline::preprocess
