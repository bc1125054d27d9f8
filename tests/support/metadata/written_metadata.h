// Writes metadata as an aircraft, a recorder or a drone would: what tests and
// the seeds of fuzzers read back.
#ifndef SIGHTLINE_TESTS_SUPPORT_METADATA_WRITTEN_METADATA_H_
#define SIGHTLINE_TESTS_SUPPORT_METADATA_WRITTEN_METADATA_H_

#include <cstdint>
#include <string>
#include <vector>

#include "services/georef/engine/metadata/byte_order.h"

namespace sightline::georef {

using ByteString = std::vector<uint8_t>;

// "71C2" to bytes.
ByteString FromHex(const std::string& digits);

struct LocalSetItem {
  uint32_t tag;
  ByteString bytes;
};

// A tag in seven bits a byte.
ByteString BerTag(uint32_t tag);

// A local set of `items`, the checksum after them. `long_length`: its length
// takes five bytes.
ByteString WriteLocalSet(const std::vector<LocalSetItem>& items,
                         bool long_length = false);

// Key, length and checksum around `items` that are written already, rightly
// or not.
ByteString WrapLocalSet(const ByteString& items, bool long_length = false);

// A set with the example values of MISB ST 0601.
ByteString ExampleLocalSet();

}  // namespace sightline::georef

#endif  // SIGHTLINE_TESTS_SUPPORT_METADATA_WRITTEN_METADATA_H_
