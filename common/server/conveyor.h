// The shape that every bidirectional stream of Sightline has in common
// (sightline/common/v1/conveyor.proto), without the message types.
//
// A ConveyorCodec knows a method's messages; conveyor_reactor.h knows the
// order in which things happen. Service::Conveyor() joins them.
#ifndef SIGHTLINE_COMMON_SERVER_CONVEYOR_H_
#define SIGHTLINE_COMMON_SERVER_CONVEYOR_H_

#include <grpcpp/support/byte_buffer.h>

#include <functional>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/server/call.h"
#include "common/server/wire.h"
#include "common/status/grpc_status.h"
#include "common/status/status_macros.h"
#include "sightline/common/v1/conveyor.pb.h"

namespace sightline {

// One item of a conveyor, complete.
struct ConveyorItem {
  common::v1::ItemHeader header;
  std::string bytes;
};

// What processes an item. Called on several threads at once.
template <typename Result>
using ItemFunction =
    std::function<absl::StatusOr<Result>(Call&, const ConveyorItem&)>;

// A part of a conveyor request.
struct ConveyorPart {
  enum class Kind { kNone, kSettings, kItem, kChunk };
  Kind kind = Kind::kNone;
  common::v1::ItemHeader item;
  std::string chunk;
};

// In which order items are processed and answered.
enum class ConveyorOrder {
  // Several at once, each answered as soon as it is ready.
  kAsReady,
  // One after another.
  kAsTheyCame,
};

// One stream's messages. Parse() and Open() are called by one thread at a
// time; Process() by several, after Open().
class ConveyorCodec {
 public:
  virtual ~ConveyorCodec() = default;
  virtual ConveyorOrder order() const = 0;
  // Keeps the settings for Open(). Errors: MALFORMED_REQUEST.
  virtual absl::StatusOr<ConveyorPart> Parse(grpc::ByteBuffer& wire) = 0;
  virtual absl::Status Open(Call& call) = 0;
  // The answer of an item: its result, or its error.
  virtual absl::StatusOr<grpc::ByteBuffer> Process(
      Call& call, const ConveyorItem& item) const = 0;
  virtual absl::StatusOr<grpc::ByteBuffer> ErrorAnswer(
      const std::string& item_id, const absl::Status& error) const = 0;
};

template <typename Request, typename Response>
class TypedConveyorCodec final : public ConveyorCodec {
 public:
  using Settings =
      std::remove_cvref_t<decltype(std::declval<Request>().settings())>;
  using Result =
      std::remove_cvref_t<decltype(std::declval<Response>().result())>;
  using OpenFunction = std::function<absl::StatusOr<ItemFunction<Result>>(
      Call&, const Settings&)>;

  TypedConveyorCodec(OpenFunction open, ConveyorOrder order)
      : open_(std::move(open)), order_(order) {}

  ConveyorOrder order() const override { return order_; }

  absl::StatusOr<ConveyorPart> Parse(grpc::ByteBuffer& wire) override {
    Request request;
    SL_RETURN_IF_ERROR(ParseWire(wire, request));
    ConveyorPart part;
    if (request.has_settings()) {
      part.kind = ConveyorPart::Kind::kSettings;
      settings_ = std::move(*request.mutable_settings());
    } else if (request.has_item()) {
      part.kind = ConveyorPart::Kind::kItem;
      part.item = std::move(*request.mutable_item());
    } else if (request.has_chunk()) {
      part.kind = ConveyorPart::Kind::kChunk;
      part.chunk = std::move(*request.mutable_chunk());
    }
    return part;
  }

  absl::Status Open(Call& call) override {
    SL_ASSIGN_OR_RETURN(process_, open_(call, settings_));
    settings_ = Settings();  // A layout may carry megabytes of reference.
    return absl::OkStatus();
  }

  absl::StatusOr<grpc::ByteBuffer> Process(
      Call& call, const ConveyorItem& item) const override {
    absl::StatusOr<Result> result = process_(call, item);
    if (!result.ok()) return ErrorAnswer(item.header.id(), result.status());
    Response response;
    response.set_item_id(item.header.id());
    *response.mutable_result() = *std::move(result);
    return SerializeWire(response);
  }

  absl::StatusOr<grpc::ByteBuffer> ErrorAnswer(
      const std::string& item_id, const absl::Status& error) const override {
    Response response;
    response.set_item_id(item_id);
    *response.mutable_error() = ToRpcStatus(error);
    return SerializeWire(response);
  }

 private:
  const OpenFunction open_;
  const ConveyorOrder order_;
  Settings settings_;
  ItemFunction<Result> process_;
};

}  // namespace sightline

#endif  // SIGHTLINE_COMMON_SERVER_CONVEYOR_H_
