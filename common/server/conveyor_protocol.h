// What a client may send over a conveyor, and in which order.
//
// Pure rules: conveyor_reactor.h decides what follows from a breach. Messages
// speak to the author of the client.
#ifndef SIGHTLINE_COMMON_SERVER_CONVEYOR_PROTOCOL_H_
#define SIGHTLINE_COMMON_SERVER_CONVEYOR_PROTOCOL_H_

#include <cstdint>
#include <set>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "common/server/conveyor.h"

namespace sightline {

// InvalidArgument STREAM_PROTOCOL.
absl::Status ProtocolError(absl::string_view what);

// An item whose bytes are coming in.
struct IncomingItem {
  ConveyorItem content;
  // Also of an item whose bytes are dropped.
  int64_t received_bytes = 0;
};

// Whether `part` may come now. `settings_taken`: the settings have come;
// `current`: the item whose chunks are awaited, or null. Errors:
// InvalidArgument STREAM_PROTOCOL.
absl::Status CheckOrder(const ConveyorPart& part, bool settings_taken,
                        const IncomingItem* current);

// Whether `header` may announce an item while those named in `inside` are
// under way. Errors: InvalidArgument STREAM_PROTOCOL.
absl::Status CheckHeader(const common::v1::ItemHeader& header,
                         const std::set<std::string>& inside);

// Whether an item is small enough. Errors: ResourceExhausted ITEM_TOO_LARGE
// with the limit: the item's matter, not a breach of the protocol.
absl::Status CheckItemSize(int64_t bytes, int64_t limit);

// Whether a chunk of `bytes` may follow. Errors: InvalidArgument
// STREAM_PROTOCOL.
absl::Status CheckChunk(const IncomingItem& item, int64_t bytes);

// The stream ended in the middle of `item`: DataLoss ITEM_TRUNCATED.
absl::Status TruncatedError(const IncomingItem& item);

}  // namespace sightline

#endif  // SIGHTLINE_COMMON_SERVER_CONVEYOR_PROTOCOL_H_
