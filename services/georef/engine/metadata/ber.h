// Lengths and tags as ISO/IEC 8825-1 (BER) writes them, as SMPTE ST 336 (KLV)
// uses them.
#ifndef SIGHTLINE_SERVICES_GEOREF_ENGINE_METADATA_BER_H_
#define SIGHTLINE_SERVICES_GEOREF_ENGINE_METADATA_BER_H_

#include <cstdint>

#include "services/georef/engine/metadata/byte_order.h"

namespace sightline::georef {

struct BerNumber {
  enum class State { kGood, kTruncated, kInvalid };
  State state = State::kTruncated;
  uint64_t number = 0;
  // Bytes it takes; 0 unless kGood.
  int size_bytes = 0;
};

// The length at the beginning of `bytes`, short or long form. The indefinite
// form and lengths of more than 8 bytes are kInvalid.
BerNumber ReadBerLength(Bytes bytes);

// The tag (BER-OID: seven bits a byte) at the beginning of `bytes`. One above
// 32 bits or with leading zeros is kInvalid.
BerNumber ReadBerTag(Bytes bytes);

}  // namespace sightline::georef

#endif  // SIGHTLINE_SERVICES_GEOREF_ENGINE_METADATA_BER_H_
