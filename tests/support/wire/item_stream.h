// A client of any conveyor (sightline/common/v1/conveyor.proto).
#ifndef SIGHTLINE_TESTS_SUPPORT_WIRE_ITEM_STREAM_H_
#define SIGHTLINE_TESTS_SUPPORT_WIRE_ITEM_STREAM_H_

#include <grpcpp/client_context.h>
#include <grpcpp/support/sync_stream.h>

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "common/status/grpc_status.h"
#include "sightline/common/v1/conveyor.pb.h"
#include "tests/support/wire/answer.h"

namespace sightline::wire {

// One conveyor stream, written by the test and read to its end.
template <typename Request, typename Response>
class ItemStream {
 public:
  using ReaderWriter = grpc::ClientReaderWriter<Request, Response>;
  using Result =
      std::remove_cvref_t<decltype(std::declval<Response>().result())>;

  // `open` starts the call: [&](auto* context) { return stub->X(context); }.
  template <typename Open>
  explicit ItemStream(const Open& open) : stream_(open(&context_)) {}

  template <typename Settings>
  ItemStream& Begin(const Settings& settings) {
    Request request;
    *request.mutable_settings() = settings;
    stream_->Write(request);
    return *this;
  }
  ItemStream& Header(const std::string& id, int64_t byte_size, int page = 0) {
    common::v1::ItemHeader header;
    header.set_id(id);
    header.set_byte_size(byte_size);
    header.set_page(page);
    return Announce(header);
  }
  ItemStream& Announce(const common::v1::ItemHeader& header) {
    Request request;
    *request.mutable_item() = header;
    stream_->Write(request);
    return *this;
  }
  ItemStream& Chunk(const std::string& bytes) {
    Request request;
    request.set_chunk(bytes);
    stream_->Write(request);
    return *this;
  }
  ItemStream& Item(const std::string& id, const std::string& bytes) {
    common::v1::ItemHeader header;
    header.set_id(id);
    return Item(header, bytes);
  }
  // The header's byte_size is set here.
  ItemStream& Item(common::v1::ItemHeader header, const std::string& bytes) {
    constexpr size_t kChunk = 256 << 10;
    header.set_byte_size(static_cast<int64_t>(bytes.size()));
    Announce(header);
    for (size_t at = 0; at < bytes.size(); at += kChunk) {
      Chunk(bytes.substr(at, kChunk));
    }
    return *this;
  }
  // Half-closes and reads every answer; returns how the stream ended.
  absl::Status End() {
    stream_->WritesDone();
    return Drain();
  }
  // Reads every answer without half-closing.
  absl::Status Drain() {
    Response response;
    while (stream_->Read(&response)) {
      order_.push_back(response.item_id());
      Answer<Result>& answer = answers_[response.item_id()];
      if (response.has_error()) {
        answer.status = FromRpcStatus(response.error());
      }
      if (response.has_result()) answer.response = response.result();
    }
    return FromGrpcStatus(stream_->Finish());
  }

  grpc::ClientContext& context() { return context_; }
  // By item id.
  const std::map<std::string, Answer<Result>>& answers() const {
    return answers_;
  }
  // Ids in the order in which answers came.
  const std::vector<std::string>& order() const { return order_; }

 private:
  grpc::ClientContext context_;
  std::unique_ptr<ReaderWriter> stream_;
  std::map<std::string, Answer<Result>> answers_;
  std::vector<std::string> order_;
};

}  // namespace sightline::wire

#endif  // SIGHTLINE_TESTS_SUPPORT_WIRE_ITEM_STREAM_H_
