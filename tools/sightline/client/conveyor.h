// The client's side of a conveyor: many items over one stream, in order.
//
// Every bidirectional stream of Sightline has the same shape (see
// protos/sightline/common/v1/conveyor.proto). RunConveyor() is written once
// for all of them, against ConveyorStream; GrpcConveyorStream makes one of any
// service's stream.
#ifndef SIGHTLINE_TOOLS_SIGHTLINE_CLIENT_CONVEYOR_H_
#define SIGHTLINE_TOOLS_SIGHTLINE_CLIENT_CONVEYOR_H_

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/status/grpc_status.h"
#include "common/stop/stop_token.h"
#include "google/protobuf/message.h"
#include "grpcpp/client_context.h"
#include "grpcpp/support/sync_stream.h"
#include "sightline/common/v1/conveyor.pb.h"
#include "tools/sightline/client/connection.h"
#include "tools/sightline/client/rpc_error.h"

namespace sightline::cli {

using ConveyorOutcome =
    absl::StatusOr<std::unique_ptr<google::protobuf::Message>>;

struct ConveyorAnswer {
  std::string item_id;
  ConveyorOutcome outcome = absl::UnknownError("no answer");
};

// One stream. One thread writes and one reads at the same time; Cancel() may
// come from a third.
class ConveyorStream {
 public:
  virtual ~ConveyorStream() = default;
  // Each returns false when the stream is broken: then Read() ends, too.
  virtual bool WriteSettings() = 0;
  virtual bool WriteItem(const common::v1::ItemHeader& header) = 0;
  virtual bool WriteChunk(absl::string_view bytes) = 0;
  virtual void WritesDone() = 0;
  // False at the end of the answers.
  virtual bool Read(ConveyorAnswer* answer) = 0;
  // After the last Read(): how the stream ended.
  virtual absl::Status Finish() = 0;
  virtual void Cancel() = 0;
};

struct ConveyorOptions {
  // Items between the oldest without an answer and the newest sent, so the
  // most that are held in memory. At least 1.
  int in_flight = 8;
  // How often an item is sent again that the server was too busy for, or whose
  // stream broke, and how often in a row a stream is opened again on which no
  // item could be sent.
  int retries = 3;
  // How long the server may neither take bytes nor answer.
  absl::Duration patience = absl::Minutes(1);
};

// What is sent, and where the answers go.
struct ConveyorJob {
  // Number of items.
  size_t count = 0;
  // Opens a stream; called again when one breaks.
  std::function<std::unique_ptr<ConveyorStream>()> open;
  // The bytes of item `index`, not empty; everything about it but its id and
  // size may be put into `header`. Called on one thread at a time, in order,
  // and once unless the stream breaks. An error becomes the item's outcome.
  std::function<absl::StatusOr<std::string>(size_t index,
                                            common::v1::ItemHeader* header)>
      read;
  // Takes every outcome once, in the order of the items, one at a time, on
  // some thread.
  std::function<void(size_t index, ConveyorOutcome outcome)> take;
};

// Sends all items and returns when `take` has had all outcomes.
// 1. An item whose answer names a time to retry after is sent again then.
// 2. When a stream breaks, or ends without having answered all, items without
//    an answer are sent again on a new one where that may help.
// 3. Otherwise they get the stream's failure as their outcome, and so do all
//    items not yet sent. Returned is that failure, OK if there was none:
//    failures of single items are in their outcomes alone.
// Errors: the stream's; DeadlineExceeded SERVER_SILENT; the stop's reason.
absl::Status RunConveyor(const ConveyorJob& job, const ConveyorOptions& options,
                         const StopToken& stop);

// A service's stream. `Request` is a oneof of settings, item and chunk;
// `Response` has item_id, result and error.
template <typename Request, typename Response>
class GrpcConveyorStream : public ConveyorStream {
 public:
  using Stream = grpc::ClientReaderWriterInterface<Request, Response>;

  // `start` begins the call, for example
  //   [&](grpc::ClientContext* context) { return stub->GradeSheets(context); }
  // `settings` (a request with its settings) must outlive the stream.
  GrpcConveyorStream(
      const Connection& connection, const Request* settings,
      const std::function<std::unique_ptr<Stream>(grpc::ClientContext*)>& start)
      : settings_(settings) {
    connection.Prepare(context_, absl::InfiniteFuture());
    stream_ = start(&context_);
  }

  bool WriteSettings() override { return stream_->Write(*settings_); }

  bool WriteItem(const common::v1::ItemHeader& header) override {
    Request request;
    *request.mutable_item() = header;
    return stream_->Write(request);
  }

  bool WriteChunk(absl::string_view bytes) override {
    Request request;
    request.set_chunk(std::string(bytes));
    return stream_->Write(request);
  }

  void WritesDone() override { stream_->WritesDone(); }

  bool Read(ConveyorAnswer* answer) override {
    Response response;
    if (!stream_->Read(&response)) return false;
    answer->item_id = response.item_id();
    if (response.has_result()) {
      using Result = std::decay_t<decltype(response.result())>;
      answer->outcome =
          std::make_unique<Result>(std::move(*response.mutable_result()));
    } else {
      absl::Status status = FromRpcStatus(response.error());
      if (status.ok())
        status = absl::InternalError("an answer without content");
      answer->outcome = std::move(status);
    }
    return true;
  }

  absl::Status Finish() override {
    const grpc::Status status = stream_->Finish();
    return FromCall(status, context_);
  }

  void Cancel() override { context_.TryCancel(); }

 private:
  const Request* settings_;
  // Before the stream, which uses it until it is gone.
  grpc::ClientContext context_;
  std::unique_ptr<Stream> stream_;
};

}  // namespace sightline::cli

#endif  // SIGHTLINE_TOOLS_SIGHTLINE_CLIENT_CONVEYOR_H_
