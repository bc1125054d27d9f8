#include "services/georef/engine/metadata/transport_stream.h"

#include <algorithm>
#include <map>
#include <utility>
#include <vector>

#include "common/status/error.h"
#include "services/georef/engine/metadata/ber.h"
#include "services/georef/engine/metadata/program_tables.h"
#include "services/georef/engine/metadata/reasons.h"

namespace sightline::georef {
namespace {

constexpr size_t kPacketBytes = 188;
constexpr uint8_t kSync = 0x47;
constexpr size_t kMostUnitBytes = size_t{1} << 20;
constexpr uint8_t kMetadataStreamId = 0xFC;
constexpr size_t kKeyBytes = 16;

// What of a stream has come and is not complete yet.
struct Unit {
  bool is_open = false;
  std::vector<uint8_t> bytes;
  // A metadata access unit in several cells.
  std::vector<uint8_t> cells;
  bool has_cells = false;
};

class Demultiplexer {
 public:
  explicit Demultiplexer(
      const std::function<absl::Status(const KlvPacket&)>& take)
      : take_(take) {}

  absl::Status Take(Bytes packet) {
    const bool is_damaged = (packet[1] & 0x80) != 0;
    const bool is_start = (packet[1] & 0x40) != 0;
    const int stream =
        static_cast<int>(BigEndian(packet.subspan(1, 2)) & 0x1FFF);
    const bool is_scrambled = (packet[3] & 0xC0) != 0;
    const bool has_field = (packet[3] & 0x20) != 0;
    const bool has_payload = (packet[3] & 0x10) != 0;
    const bool is_table = tables_.IsTable(stream);
    if (!is_table && !tables_.IsKlv(stream)) return absl::OkStatus();
    if (is_damaged || is_scrambled) {
      Lose(stream);
      return absl::OkStatus();
    }
    if (!has_payload) return absl::OkStatus();
    const size_t begin = has_field ? 5 + size_t{packet[4]} : 4;
    const bool may_jump = has_field && packet[4] > 0 && (packet[5] & 0x80) != 0;
    const int counter = packet[3] & 0x0F;
    const auto last = counters_.find(stream);
    if (last != counters_.end() && !may_jump) {
      // A packet may be sent twice.
      if (counter == last->second) return absl::OkStatus();
      if (counter != ((last->second + 1) & 0x0F)) Lose(stream);
    }
    counters_[stream] = counter;
    if (begin > packet.size()) {
      Lose(stream);
      return absl::OkStatus();
    }
    const Bytes payload = packet.subspan(begin);
    if (is_table) {
      tables_.Take(stream, is_start, payload);
      return absl::OkStatus();
    }
    return TakeKlv(stream, is_start, payload);
  }

  // What is still open is complete only if it did not say how long it is.
  absl::Status Finish() {
    for (auto& [stream, unit] : units_) {
      const absl::Status closed = Close(stream, unit);
      if (!closed.ok()) return closed;
      if (unit.has_cells) ++report_.dropped_units;
    }
    report_.klv_streams = tables_.klv_streams();
    return absl::OkStatus();
  }

  TransportStreamReport& report() { return report_; }

 private:
  void Lose(int stream) {
    tables_.Lose(stream);
    const auto unit = units_.find(stream);
    if (unit == units_.end()) return;
    if (unit->second.is_open || unit->second.has_cells) ++report_.dropped_units;
    unit->second = Unit();
  }

  absl::Status TakeKlv(int stream, bool is_start, Bytes payload) {
    Unit& unit = units_[stream];
    if (is_start) {
      const absl::Status closed = Close(stream, unit);
      if (!closed.ok()) return closed;
      unit.is_open = true;
    }
    if (!unit.is_open) return absl::OkStatus();
    if (unit.bytes.size() + payload.size() > kMostUnitBytes) {
      Lose(stream);
      return absl::OkStatus();
    }
    unit.bytes.insert(unit.bytes.end(), payload.begin(), payload.end());
    const size_t length = PesBytes(unit.bytes);
    if (length > 0 && unit.bytes.size() >= length) {
      return Close(stream, unit);
    }
    return absl::OkStatus();
  }

  // Of the whole PES packet; 0 if it is not known.
  static size_t PesBytes(Bytes pes) {
    if (pes.size() < 6) return 0;
    const size_t length = BigEndian(pes.subspan(4, 2));
    return length == 0 ? 0 : 6 + length;
  }

  absl::Status Close(int stream, Unit& unit) {
    if (!unit.is_open) return absl::OkStatus();
    unit.is_open = false;
    const std::vector<uint8_t> kept = std::exchange(unit.bytes, {});
    Bytes pes = kept;
    const size_t length = PesBytes(pes);
    // Start code, and the flags and the size of the header's rest.
    if (pes.size() < 9 || BigEndian(pes.subspan(0, 3)) != 1 ||
        pes.size() < length || (pes[6] & 0xC0) != 0x80) {
      ++report_.dropped_units;
      return absl::OkStatus();
    }
    if (length > 0) pes = pes.subspan(0, length);
    const size_t begin = 9 + size_t{pes.size() > 8 ? pes[8] : uint8_t{0}};
    if (pes.size() < 9 || begin > pes.size()) {
      ++report_.dropped_units;
      return absl::OkStatus();
    }
    KlvPacket klv;
    klv.stream = stream;
    if ((pes[7] & 0x80) != 0 && begin >= 14) {
      klv.presentation_ticks = Ticks(pes.subspan(9, 5));
    }
    const Bytes payload = pes.subspan(begin);
    // Some recorders announce access units and write plain KLV.
    const bool is_plain =
        payload.size() >= 4 && BigEndian(payload.subspan(0, 4)) == 0x060E2B34;
    if (pes[3] == kMetadataStreamId && !is_plain) {
      return TakeCells(payload, unit, klv);
    }
    return Split(payload, klv);
  }

  // Three, fifteen and fifteen bits with markers between them (2.4.3.7).
  static int64_t Ticks(Bytes stamp) {
    return static_cast<int64_t>(stamp[0] >> 1 & 0x07) << 30 |
           static_cast<int64_t>(BigEndian(stamp.subspan(1, 2)) >> 1) << 15 |
           static_cast<int64_t>(BigEndian(stamp.subspan(3, 2)) >> 1);
  }

  // Metadata access unit cells (2.12.4): a header of five bytes each.
  absl::Status TakeCells(Bytes payload, Unit& unit, KlvPacket klv) {
    while (!payload.empty()) {
      const size_t size =
          payload.size() < 5 ? 0 : BigEndian(payload.subspan(3, 2));
      if (payload.size() < 5 || size > payload.size() - 5) {
        ++report_.dropped_units;
        return absl::OkStatus();
      }
      const bool is_first = (payload[2] & 0x80) != 0;
      const bool is_last = (payload[2] & 0x40) != 0;
      const Bytes cell = payload.subspan(5, size);
      payload.remove_prefix(5 + size);
      if (is_first == unit.has_cells ||
          unit.cells.size() + size > kMostUnitBytes) {
        // A part is missing, or the unit is too large.
        ++report_.dropped_units;
        unit.cells.clear();
        unit.has_cells = false;
        if (!is_first) continue;
      }
      unit.cells.insert(unit.cells.end(), cell.begin(), cell.end());
      unit.has_cells = !is_last;
      if (!is_last) continue;
      const std::vector<uint8_t> whole = std::exchange(unit.cells, {});
      const absl::Status split = Split(whole, klv);
      if (!split.ok()) return split;
    }
    return absl::OkStatus();
  }

  // A unit may hold several packets, one after the other.
  absl::Status Split(Bytes unit, KlvPacket klv) {
    while (!unit.empty()) {
      const BerNumber length = unit.size() < kKeyBytes
                                   ? BerNumber()
                                   : ReadBerLength(unit.subspan(kKeyBytes));
      const size_t begin = kKeyBytes + length.size_bytes;
      if (length.state != BerNumber::State::kGood ||
          length.number > unit.size() - begin) {
        ++report_.dropped_units;
        return absl::OkStatus();
      }
      klv.bytes = unit.subspan(0, begin + length.number);
      unit.remove_prefix(klv.bytes.size());
      ++report_.packets;
      const absl::Status taken = take_(klv);
      if (!taken.ok()) return taken;
    }
    return absl::OkStatus();
  }

  const std::function<absl::Status(const KlvPacket&)>& take_;
  ProgramTables tables_;
  std::map<int, Unit> units_;
  std::map<int, int> counters_;
  TransportStreamReport report_;
};

// A packet begins at `at`, and the one after it where it has to.
bool IsPacket(Bytes stream, size_t at) {
  return stream[at] == kSync && stream.size() - at >= kPacketBytes &&
         (stream.size() - at == kPacketBytes ||
          stream[at + kPacketBytes] == kSync);
}

}  // namespace

absl::StatusOr<TransportStreamReport> ReadKlvPackets(
    Bytes stream, const std::function<absl::Status(const KlvPacket&)>& take) {
  Demultiplexer demultiplexer(take);
  bool has_packets = false;
  size_t at = 0;
  while (at < stream.size()) {
    if (!IsPacket(stream, at)) {
      ++demultiplexer.report().skipped_bytes;
      ++at;
      continue;
    }
    has_packets = true;
    const absl::Status taken =
        demultiplexer.Take(stream.subspan(at, kPacketBytes));
    if (!taken.ok()) return taken;
    at += kPacketBytes;
  }
  if (!has_packets) {
    return Error(absl::StatusCode::kInvalidArgument, kTransportStreamInvalid)
        .Message(
            "the bytes are no MPEG transport stream with packets of 188 "
            "bytes");
  }
  const absl::Status finished = demultiplexer.Finish();
  if (!finished.ok()) return finished;
  if (demultiplexer.report().klv_streams == 0) {
    return Error(absl::StatusCode::kNotFound, kTransportStreamWithoutKlv)
        .Message("no stream of the recording is announced as KLV");
  }
  return demultiplexer.report();
}

}  // namespace sightline::georef
