// Writes MPEG transport streams with one stream of KLV, as a recorder would.
#ifndef SIGHTLINE_TESTS_SUPPORT_METADATA_WRITTEN_STREAM_H_
#define SIGHTLINE_TESTS_SUPPORT_METADATA_WRITTEN_STREAM_H_

#include <vector>

#include "tests/support/metadata/written_metadata.h"

namespace sightline::georef {

inline constexpr int kWrittenStream = 0x101;
inline constexpr int kWrittenTicks = 123456789;

// Association and map: one stream of `type`, registered as KLVA.
ByteString Tables(uint8_t type, bool is_registered = true);

// `payload` as a PES packet with a time, in transport packets of
// kWrittenStream from the continuity counter `counter` on.
ByteString Pes(int counter, uint8_t stream_id, const ByteString& payload);

// A metadata access unit cell. `part`: 3 whole, 2 first, 1 last, 0 between.
ByteString Cell(uint8_t part, const ByteString& payload);

ByteString Joined(const std::vector<ByteString>& parts);

}  // namespace sightline::georef

#endif  // SIGHTLINE_TESTS_SUPPORT_METADATA_WRITTEN_STREAM_H_
