#include "tools/sightline/output/capabilities_text.h"

#include <cstdint>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "tools/sightline/output/sheet_report.h"
#include "tools/sightline/text/printable.h"
#include "tools/sightline/text/table.h"

namespace sightline::cli {

std::string CapabilitiesText(
    const preprocess::v1::GetCapabilitiesResponse& capabilities,
    bool coloured) {
  Table devices({{"device"},
                 {"name"},
                 {"state"},
                 {"driver"},
                 {"memory MiB", true},
                 {"free", true},
                 {"budget", true},
                 {"active", true},
                 {"queued", true},
                 {"busy %", true},
                 {"C", true}});
  const auto mebibytes = [](int64_t bytes) {
    return bytes == 0 ? std::string() : absl::StrCat(bytes >> 20);
  };
  for (const auto& device : capabilities.devices()) {
    devices.AddRow(
        {{device.id()},
         {device.name()},
         {device.healthy() ? std::string("healthy")
                           : absl::StrCat("failed: ", device.problem()),
          device.healthy() ? Style::kGood : Style::kBad},
         {device.driver_version()},
         {mebibytes(device.memory_bytes())},
         {mebibytes(device.free_memory_bytes())},
         {mebibytes(device.memory_budget_bytes())},
         {absl::StrCat(device.active_requests())},
         {absl::StrCat(device.queued_requests())},
         {device.has_utilization_percent()
              ? Rounded(device.utilization_percent(), 0)
              : std::string()},
         {device.has_temperature_celsius()
              ? Rounded(device.temperature_celsius(), 0)
              : std::string()}});
  }
  std::string text = devices.Render(coloured);
  if (!capabilities.no_device_reason().empty()) {
    absl::StrAppend(&text, "no graphics device: ",
                    Printable(capabilities.no_device_reason()), "\n");
  }
  absl::StrAppendFormat(
      &text,
      "%d threads; pages of at most %d pixels a side, %d million in all; files "
      "of at most %d MiB, messages of %d MiB; %d MiB of memory for requests\n",
      capabilities.threads(), capabilities.max_side_pixels(),
      capabilities.max_pixels() / 1000000, capabilities.max_file_bytes() >> 20,
      capabilities.max_message_bytes() >> 20,
      capabilities.memory_budget_bytes() >> 20);
  for (const auto& preset : capabilities.presets()) {
    std::vector<std::string> names;
    for (const auto& operation : preset.operations().operations()) {
      const auto* field = operation.GetReflection()->GetOneofFieldDescriptor(
          operation, operation.GetDescriptor()->oneof_decl(0));
      if (field != nullptr) names.push_back(field->name());
    }
    absl::StrAppend(
        &text, "preset ",
        ShortName(preprocess::v1::Preset_Name(preset.preset()), "PRESET_"),
        ": ", absl::StrJoin(names, ", "), "\n");
  }
  return text;
}

}  // namespace sightline::cli
