// Whole numbers of one to eight bytes in either byte order.
#ifndef SIGHTLINE_SERVICES_GEOREF_ENGINE_METADATA_BYTE_ORDER_H_
#define SIGHTLINE_SERVICES_GEOREF_ENGINE_METADATA_BYTE_ORDER_H_

#include <cstdint>

#include "absl/types/span.h"

namespace sightline::georef {

using Bytes = absl::Span<const uint8_t>;

// The first byte is the highest. At most eight bytes.
inline uint64_t BigEndian(Bytes bytes) {
  uint64_t number = 0;
  for (const uint8_t byte : bytes) number = number << 8 | byte;
  return number;
}

// The first byte is the lowest. At most eight bytes.
inline uint64_t LittleEndian(Bytes bytes) {
  uint64_t number = 0;
  for (size_t i = bytes.size(); i-- > 0;) number = number << 8 | bytes[i];
  return number;
}

}  // namespace sightline::georef

#endif  // SIGHTLINE_SERVICES_GEOREF_ENGINE_METADATA_BYTE_ORDER_H_
