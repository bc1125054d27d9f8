// Reads the UAS datalink local set of MISB ST 0601: what most full-motion
// video from aircraft says of its camera.
//
// A set is believed as a whole or not at all: its checksum is looked at first,
// and one damaged length makes everything after it worthless. A single item
// whose bytes are no value of its kind is only missing.
#ifndef SIGHTLINE_SERVICES_GEOREF_ENGINE_METADATA_LOCAL_SET_H_
#define SIGHTLINE_SERVICES_GEOREF_ENGINE_METADATA_LOCAL_SET_H_

#include <array>
#include <cstdint>
#include <map>
#include <vector>

#include "absl/status/statusor.h"
#include "services/georef/engine/metadata/byte_order.h"
#include "services/georef/engine/metadata/metadata_value.h"

namespace sightline::georef {

// The universal label of the set.
inline constexpr std::array<uint8_t, 16> kLocalSetKey = {
    0x06, 0x0E, 0x2B, 0x34, 0x02, 0x0B, 0x01, 0x01,
    0x0E, 0x01, 0x03, 0x01, 0x01, 0x00, 0x00, 0x00};

struct LocalSet {
  // In the order of the set.
  std::vector<MetadataValue> values;
  // Items that no pose needs: how many there are of each tag.
  std::map<uint32_t, int64_t> other_tags;
  // Whether there is a security set (tag 48). It is not read.
  bool has_security_set = false;
  // Bytes from the key to the end of the checksum.
  int64_t size_bytes = 0;
};

// Reads the set that begins with the first of `bytes`; what follows it is not
// looked at. Values that one tag gives differently are doubted. Errors carry
// "offset", the byte they are about: DataLoss (KLV_TRUNCATED: the set is longer
// than `bytes`; KLV_CHECKSUM_INVALID), InvalidArgument (KLV_KEY_UNKNOWN,
// KLV_LENGTH_INVALID, KLV_TAG_INVALID). Thread-safe.
absl::StatusOr<LocalSet> ParseLocalSet(Bytes bytes);

// The sum at the end of a set over everything before it, from the key to the
// checksum's own length (MISB ST 0601, "Checksum").
uint16_t LocalSetChecksum(Bytes bytes);

}  // namespace sightline::georef

#endif  // SIGHTLINE_SERVICES_GEOREF_ENGINE_METADATA_LOCAL_SET_H_
