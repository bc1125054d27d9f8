#include "tests/support/metadata/written_stream.h"

#include <algorithm>

#include "services/georef/engine/metadata/program_tables.h"

namespace sightline::georef {
namespace {

uint8_t Low(size_t number) { return static_cast<uint8_t>(number); }

ByteString Packets(int stream, int counter, ByteString payload) {
  ByteString packets;
  for (size_t at = 0; at < payload.size();) {
    const size_t size = std::min<size_t>(184, payload.size() - at);
    const bool is_short = size < 184;
    packets.push_back(0x47);
    packets.push_back(Low((at == 0 ? 0x40 : 0) | stream >> 8));
    packets.push_back(Low(stream));
    packets.push_back(Low((is_short ? 0x30 : 0x10) | (counter++ & 15)));
    if (is_short) {
      const size_t field = 183 - size;
      packets.push_back(Low(field));
      if (field > 0) packets.push_back(0);
      if (field > 1) packets.insert(packets.end(), field - 1, 0xFF);
    }
    packets.insert(packets.end(), payload.begin() + at,
                   payload.begin() + at + size);
    at += size;
  }
  return packets;
}

ByteString Section(uint8_t table, const ByteString& body) {
  const size_t size = 5 + body.size() + 4;
  ByteString section = Joined(
      {{table, Low(0xB0 | size >> 8), Low(size), 0, 1, 0xC1, 0, 0}, body});
  const uint32_t crc = SectionCrc(section);
  return Joined({{0},
                 section,
                 {Low(crc >> 24), Low(crc >> 16), Low(crc >> 8), Low(crc)}});
}

}  // namespace

ByteString Joined(const std::vector<ByteString>& parts) {
  ByteString whole;
  for (const ByteString& part : parts) {
    whole.insert(whole.end(), part.begin(), part.end());
  }
  return whole;
}

ByteString Tables(uint8_t type, bool is_registered) {
  ByteString map = {0xE1, 0x00, 0xF0, 0,   type, 0xE1, 0x01, 0xF0,
                    6,    5,    4,    'K', 'L',  'V',  'A'};
  if (!is_registered) map.back() = 'B';
  return Joined({Packets(0, 0, Section(0, {0, 1, 0xE1, 0x00})),
                 Packets(0x100, 0, Section(2, map))});
}

ByteString Pes(int counter, uint8_t stream_id, const ByteString& payload) {
  const size_t size = 3 + 5 + payload.size();
  const size_t t = kWrittenTicks;
  return Packets(
      kWrittenStream, counter,
      Joined({{0, 0, 1, stream_id, Low(size >> 8), Low(size), 0x80, 0x80, 5,
               Low(0x21 | (t >> 30 & 7) << 1), Low(t >> 22),
               Low((t >> 14 & 0xFE) | 1), Low(t >> 7), Low((t << 1) | 1)},
              payload}));
}

ByteString Cell(uint8_t part, const ByteString& payload) {
  return Joined({{0, 0, Low(part << 6 | 0x0F), Low(payload.size() >> 8),
                  Low(payload.size())},
                 payload});
}

}  // namespace sightline::georef
