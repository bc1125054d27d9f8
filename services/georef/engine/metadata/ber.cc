#include "services/georef/engine/metadata/ber.h"

#include <limits>

namespace sightline::georef {

BerNumber ReadBerLength(Bytes bytes) {
  if (bytes.empty()) return {};
  if (bytes[0] < 0x80) return {BerNumber::State::kGood, bytes[0], 1};
  const int count = bytes[0] & 0x7F;
  if (count == 0 || count > 8) return {BerNumber::State::kInvalid, 0, 0};
  if (bytes.size() < 1 + static_cast<size_t>(count)) return {};
  return {BerNumber::State::kGood, BigEndian(bytes.subspan(1, count)),
          1 + count};
}

BerNumber ReadBerTag(Bytes bytes) {
  uint64_t tag = 0;
  for (size_t i = 0; i < bytes.size(); ++i) {
    if (i == 0 && bytes[0] == 0x80) break;
    tag = tag << 7 | (bytes[i] & 0x7F);
    if (tag > std::numeric_limits<uint32_t>::max()) break;
    if (bytes[i] < 0x80) {
      return {BerNumber::State::kGood, tag, static_cast<int>(i) + 1};
    }
    if (i + 1 == bytes.size()) return {};
  }
  return bytes.empty() ? BerNumber{}
                       : BerNumber{BerNumber::State::kInvalid, 0, 0};
}

}  // namespace sightline::georef
