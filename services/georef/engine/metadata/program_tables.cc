#include "services/georef/engine/metadata/program_tables.h"

#include <algorithm>

namespace sightline::georef {
namespace {

// Of maps and of streams of KLV: a hostile table would name thousands.
constexpr size_t kMostMaps = 64;
constexpr size_t kMostKlvStreams = 16;
constexpr size_t kHeaderBytes = 8;
constexpr size_t kCrcBytes = 4;
constexpr uint32_t kKlva = 0x4B4C5641;

int StreamAt(Bytes bytes) {
  return static_cast<int>(BigEndian(bytes.subspan(0, 2)) & 0x1FFF);
}

size_t LengthAt(Bytes bytes) { return BigEndian(bytes.subspan(0, 2)) & 0xFFF; }

// Registration (0x05) begins with its format; the metadata descriptor (0x26)
// has it after an application format of 2 or 6 bytes and a marker.
bool SaysKlva(Bytes descriptors) {
  while (descriptors.size() >= 2) {
    const uint8_t tag = descriptors[0];
    const size_t size =
        std::min<size_t>(descriptors[1], descriptors.size() - 2);
    const Bytes body = descriptors.subspan(2, size);
    if (tag == 0x05 && size >= 4 && BigEndian(body.subspan(0, 4)) == kKlva) {
      return true;
    }
    if (tag == 0x26 && size >= 2) {
      const size_t at = BigEndian(body.subspan(0, 2)) == 0xFFFF ? 6 : 2;
      if (size >= at + 5 && body[at] == 0xFF &&
          BigEndian(body.subspan(at + 1, 4)) == kKlva) {
        return true;
      }
    }
    descriptors.remove_prefix(2 + size);
  }
  return false;
}

}  // namespace

uint32_t SectionCrc(Bytes bytes) {
  uint32_t crc = 0xFFFFFFFF;
  for (const uint8_t byte : bytes) {
    crc ^= static_cast<uint32_t>(byte) << 24;
    for (int i = 0; i < 8; ++i) {
      crc = (crc & 0x80000000) != 0 ? crc << 1 ^ 0x04C11DB7 : crc << 1;
    }
  }
  return crc;
}

void ProgramTables::Take(int stream, bool is_start, Bytes payload) {
  if (!is_start) {
    if (sections_.count(stream) != 0) Append(stream, payload);
    return;
  }
  if (payload.empty()) return;
  // Before the pointer lies the end of the section before.
  const size_t pointer = payload[0];
  payload.remove_prefix(1);
  if (pointer > payload.size()) return Lose(stream);
  if (sections_.count(stream) != 0) Append(stream, payload.subspan(0, pointer));
  sections_[stream].clear();
  Append(stream, payload.subspan(pointer));
}

void ProgramTables::Append(int stream, Bytes payload) {
  std::vector<uint8_t>& kept = sections_[stream];
  kept.insert(kept.end(), payload.begin(), payload.end());
  size_t at = 0;
  while (kept.size() - at >= 3 && kept[at] != 0xFF) {
    const size_t size = 3 + LengthAt(Bytes(kept).subspan(at + 1));
    if (kept.size() - at < size) break;
    Read(stream, Bytes(kept).subspan(at, size));
    at += size;
  }
  // Stuffing reaches to the end of the packet.
  if (at < kept.size() && kept[at] == 0xFF) at = kept.size();
  kept.erase(kept.begin(), kept.begin() + static_cast<std::ptrdiff_t>(at));
}

void ProgramTables::Read(int stream, Bytes section) {
  if (section.size() < kHeaderBytes + kCrcBytes || SectionCrc(section) != 0) {
    return;
  }
  const bool is_current = (section[5] & 1) != 0;
  if (!is_current) return;
  const Bytes body =
      section.subspan(kHeaderBytes, section.size() - kHeaderBytes - kCrcBytes);
  if (stream == 0 && section[0] == 0x00) ReadAssociations(body);
  if (stream != 0 && section[0] == 0x02) ReadMap(body);
}

void ProgramTables::ReadAssociations(Bytes entries) {
  for (; entries.size() >= 4; entries.remove_prefix(4)) {
    const bool is_network = entries[0] == 0 && entries[1] == 0;
    const int map = StreamAt(entries.subspan(2));
    if (!is_network && map != 0 && maps_.size() < kMostMaps) maps_.insert(map);
  }
}

void ProgramTables::ReadMap(Bytes map) {
  if (map.size() < 4) return;
  const size_t program = LengthAt(map.subspan(2));
  if (program > map.size() - 4) return;
  map.remove_prefix(4 + program);
  while (map.size() >= 5) {
    const uint8_t type = map[0];
    const int stream = StreamAt(map.subspan(1));
    const size_t size = LengthAt(map.subspan(3));
    if (size > map.size() - 5) return;
    if ((type == 0x06 || type == 0x15) && SaysKlva(map.subspan(5, size)) &&
        !IsTable(stream) && klv_.size() < kMostKlvStreams) {
      klv_.insert(stream);
    }
    map.remove_prefix(5 + size);
  }
}

}  // namespace sightline::georef
