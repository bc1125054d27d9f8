// Finds the KLV packets in an MPEG transport stream (ISO/IEC 13818-1), as video
// from aircraft is recorded and sent (MISB ST 1402).
//
// A recording with damage is the rule, not the exception: what is lost is
// counted and left out, and the packets around it are still found.
#ifndef SIGHTLINE_SERVICES_GEOREF_ENGINE_METADATA_TRANSPORT_STREAM_H_
#define SIGHTLINE_SERVICES_GEOREF_ENGINE_METADATA_TRANSPORT_STREAM_H_

#include <cstdint>
#include <functional>
#include <optional>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/georef/engine/metadata/byte_order.h"

namespace sightline::georef {

struct KlvPacket {
  // The elementary stream it belongs to.
  int stream = 0;
  // When it is to be shown, in ticks of 90 kHz that begin again after 2^33;
  // nullopt for an asynchronous stream, which says no time.
  std::optional<int64_t> presentation_ticks;
  // Key, length and value; valid during the call only.
  Bytes bytes;
};

struct TransportStreamReport {
  int64_t packets = 0;
  int64_t klv_streams = 0;
  // Units of KLV that were left out: cut off by a gap or by the end, larger
  // than 1 MiB, or no KLV inside.
  int64_t dropped_units = 0;
  // Bytes that belong to no transport packet.
  int64_t skipped_bytes = 0;
};

// Calls `take` for each KLV packet of `stream`, packets of 188 bytes, in the
// order in which they end; stops with its error if it gives one. Streams are
// those of type 0x06 or 0x15 whose registration or metadata descriptor says
// KLVA. Memory: at most 2 MiB for each of at most 16 such streams. Errors:
// InvalidArgument (TRANSPORT_STREAM_INVALID: no packets), NotFound
// (TRANSPORT_STREAM_WITHOUT_KLV). Thread-safe.
absl::StatusOr<TransportStreamReport> ReadKlvPackets(
    Bytes stream, const std::function<absl::Status(const KlvPacket&)>& take);

}  // namespace sightline::georef

#endif  // SIGHTLINE_SERVICES_GEOREF_ENGINE_METADATA_TRANSPORT_STREAM_H_
