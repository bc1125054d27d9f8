// Reads bytes as a transport stream. Whatever comes in, nothing crashes, a
// refusal has its reason, and the report counts what was given out.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>

#include "common/status/error.h"
#include "services/georef/engine/metadata/transport_stream.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace sightline::georef;
  int64_t packets = 0;
  const auto report = ReadKlvPackets({data, size}, [&](const KlvPacket& klv) {
    ++packets;
    if (klv.bytes.size() < 17) std::abort();
    return absl::OkStatus();
  });
  const bool is_sound = report.ok()
                            ? report->packets == packets
                            : sightline::DetailsOf(report.status()).has_value();
  if (!is_sound) {
    std::fprintf(stderr, "broken promise: %s\n",
                 report.status().ToString().c_str());
    std::abort();
  }
  return 0;
}
