// Reads bytes as the items of a local set, with the key and the checksum they
// need to be looked at, and as they are. Whatever comes in, nothing crashes, a
// refusal has its reason, and a value is within what its quantity can be.
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <vector>

#include "common/status/error.h"
#include "services/georef/engine/metadata/local_set.h"

namespace sightline::georef {
namespace {

void Demand(bool promise, const char* what) {
  if (promise) return;
  std::fprintf(stderr, "broken promise: %s\n", what);
  std::abort();
}

void Try(Bytes bytes) {
  const absl::StatusOr<LocalSet> set = ParseLocalSet(bytes);
  if (!set.ok()) {
    const auto details = DetailsOf(set.status());
    Demand(details.has_value() && details->metadata.count("offset") != 0,
           "a refusal has a reason and an offset");
    return;
  }
  Demand(set->size_bytes <= static_cast<int64_t>(bytes.size()),
         "a set is within its bytes");
  for (const MetadataValue& value : set->values) {
    Demand(value.value.has_value() || value.doubt != Doubt::kNone,
           "what is missing is doubted");
    if (!value.value.has_value()) continue;
    Demand(std::isfinite(*value.value) && value.resolution > 0,
           "values are finite and have a resolution");
    if (UnitOf(value.quantity) == Unit::kDegrees) {
      Demand(std::abs(*value.value) <= 360, "angles are angles");
    }
  }
}

}  // namespace
}  // namespace sightline::georef

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace sightline::georef;
  Try(Bytes(data, size));
  std::vector<uint8_t> set(kLocalSetKey.begin(), kLocalSetKey.end());
  const size_t length = size + 4;
  set.insert(set.end(),
             {0x83, static_cast<uint8_t>(length >> 16),
              static_cast<uint8_t>(length >> 8), static_cast<uint8_t>(length)});
  set.insert(set.end(), data, data + size);
  set.insert(set.end(), {1, 2});
  const uint16_t sum = LocalSetChecksum(set);
  set.insert(set.end(),
             {static_cast<uint8_t>(sum >> 8), static_cast<uint8_t>(sum)});
  Try(set);
  return 0;
}
