// The tags of MISB ST 0601 that a pose needs, and what their integers mean.
#ifndef SIGHTLINE_SERVICES_GEOREF_ENGINE_METADATA_LOCAL_SET_TAGS_H_
#define SIGHTLINE_SERVICES_GEOREF_ENGINE_METADATA_LOCAL_SET_TAGS_H_

#include <cstdint>

#include "services/georef/engine/metadata/byte_order.h"
#include "services/georef/engine/metadata/metadata_value.h"

namespace sightline::georef {

// How an item's integer becomes a value.
enum class Encoding {
  // The integer is the value.
  kPlain,
  // 0 .. 2^n - 1 lies evenly over low .. high.
  kUnsigned,
  // -(2^(n-1) - 1) .. 2^(n-1) - 1 lies evenly over low .. high; -2^(n-1) is a
  // code, no value.
  kSigned,
  // IMAPB of MISB ST 1201: any length from 1 to 8 bytes, steps of a power of 2.
  kPowerOfTwoSteps,
};

struct LocalSetTag {
  uint32_t tag;
  Quantity quantity;
  Encoding encoding;
  // Of the item; 0 where it may vary.
  int size_bytes;
  double low;
  double high;
  // What the lowest integer of kSigned says.
  Doubt code;
};

// nullptr for a tag that no pose needs.
const LocalSetTag* FindLocalSetTag(uint32_t tag);

// The value in an item. One of a length that the tag does not have gives
// kMalformed, an empty one kUnknown, a code what the code says.
MetadataValue DecodeItem(const LocalSetTag& tag, Bytes item);

}  // namespace sightline::georef

#endif  // SIGHTLINE_SERVICES_GEOREF_ENGINE_METADATA_LOCAL_SET_TAGS_H_
