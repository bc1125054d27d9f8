// Which elementary streams of a transport stream carry KLV: its tables.
#ifndef SIGHTLINE_SERVICES_GEOREF_ENGINE_METADATA_PROGRAM_TABLES_H_
#define SIGHTLINE_SERVICES_GEOREF_ENGINE_METADATA_PROGRAM_TABLES_H_

#include <map>
#include <set>
#include <vector>

#include "services/georef/engine/metadata/byte_order.h"

namespace sightline::georef {

// Follows the program association table and the program map tables.
class ProgramTables {
 public:
  // The payload of a transport packet of `stream`. `is_start`: the packet's
  // payload_unit_start_indicator. Sections with a wrong CRC are left out.
  void Take(int stream, bool is_start, Bytes payload);
  // After a gap in `stream`.
  void Lose(int stream) { sections_.erase(stream); }

  bool IsTable(int stream) const { return stream == 0 || maps_.count(stream); }
  bool IsKlv(int stream) const { return klv_.count(stream) != 0; }
  int klv_streams() const { return static_cast<int>(klv_.size()); }

 private:
  void Append(int stream, Bytes payload);
  void Read(int stream, Bytes section);
  void ReadAssociations(Bytes entries);
  void ReadMap(Bytes map);

  std::map<int, std::vector<uint8_t>> sections_;
  std::set<int> maps_;
  std::set<int> klv_;
};

// CRC-32 of ISO/IEC 13818-1, annex A; 0 over a section with its CRC.
uint32_t SectionCrc(Bytes bytes);

}  // namespace sightline::georef

#endif  // SIGHTLINE_SERVICES_GEOREF_ENGINE_METADATA_PROGRAM_TABLES_H_
