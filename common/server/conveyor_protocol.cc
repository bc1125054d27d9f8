#include "common/server/conveyor_protocol.h"

#include "absl/strings/str_cat.h"
#include "common/server/reasons.h"
#include "common/status/error.h"

namespace sightline {
namespace {

constexpr int64_t kMaxChunkBytes = 256 << 10;
constexpr size_t kMaxIdBytes = 256;

}  // namespace

absl::Status ProtocolError(absl::string_view what) {
  return Error(absl::StatusCode::kInvalidArgument, kStreamProtocol)
      .Message(what);
}

absl::Status CheckOrder(const ConveyorPart& part, bool settings_taken,
                        const IncomingItem* current) {
  using Kind = ConveyorPart::Kind;
  if (part.kind == Kind::kNone) {
    return ProtocolError(
        "a message holds neither settings nor an item nor a chunk");
  }
  if (part.kind == Kind::kSettings && settings_taken) {
    return ProtocolError("settings came a second time; they come once, first");
  }
  if (part.kind != Kind::kSettings && !settings_taken) {
    return ProtocolError("the first message must hold the settings");
  }
  if (part.kind == Kind::kItem && current != nullptr) {
    return ProtocolError(
        absl::StrCat("item '", part.item.id(), "' begins although '",
                     current->content.header.id(), "' has received only ",
                     current->received_bytes, " of its ",
                     current->content.header.byte_size(), " bytes"));
  }
  if (part.kind == Kind::kChunk && current == nullptr) {
    return ProtocolError("a chunk came without an item before it");
  }
  return absl::OkStatus();
}

absl::Status CheckHeader(const common::v1::ItemHeader& header,
                         const std::set<std::string>& inside) {
  if (header.id().empty() || header.id().size() > kMaxIdBytes ||
      inside.count(header.id()) > 0) {
    return ProtocolError(
        absl::StrCat("an item's id must have 1 to ", kMaxIdBytes,
                     " bytes and differ from those of the items under way"));
  }
  if (header.byte_size() <= 0) {
    return ProtocolError(
        absl::StrCat("item '", header.id(), "' must declare a positive size"));
  }
  return absl::OkStatus();
}

absl::Status CheckItemSize(int64_t bytes, int64_t limit) {
  if (bytes <= limit) return absl::OkStatus();
  return Error(absl::StatusCode::kResourceExhausted, kItemTooLarge)
      .Message(absl::StrCat("the item has ", bytes, " bytes, at most ", limit,
                            " are taken"))
      .Quota("max_item_bytes",
             absl::StrCat("limit: ", limit, ", item: ", bytes))
      .With("limit_bytes", absl::StrCat(limit));
}

absl::Status CheckChunk(const IncomingItem& item, int64_t bytes) {
  const int64_t declared = item.content.header.byte_size();
  if (bytes == 0 || bytes > kMaxChunkBytes) {
    return ProtocolError(absl::StrCat("a chunk has ", bytes, " bytes; 1 to ",
                                      kMaxChunkBytes, " are allowed"));
  }
  if (item.received_bytes + bytes > declared) {
    return ProtocolError(absl::StrCat("item '", item.content.header.id(),
                                      "' has more bytes than the ", declared,
                                      " declared"));
  }
  return absl::OkStatus();
}

absl::Status TruncatedError(const IncomingItem& item) {
  return Error(absl::StatusCode::kDataLoss, kItemTruncated)
      .Message(absl::StrCat("the stream ended after ", item.received_bytes,
                            " of ", item.content.header.byte_size(),
                            " declared bytes"))
      .With("received_bytes", absl::StrCat(item.received_bytes));
}

}  // namespace sightline
