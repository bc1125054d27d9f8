// A server of align and grade for tests, wired as sightline-omr is, and a
// client of it over TCP.
#ifndef SIGHTLINE_TESTS_SUPPORT_OMR_OMR_SERVER_H_
#define SIGHTLINE_TESTS_SUPPORT_OMR_OMR_SERVER_H_

#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>
#include <grpcpp/support/sync_stream.h>

#include <algorithm>
#include <map>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "common/server/server.h"
#include "common/status/error.h"
#include "services/align/align_options.h"
#include "services/grade/align_client.h"
#include "services/grade/grade_options.h"
#include "sightline/align/v1/align.grpc.pb.h"
#include "sightline/grade/v1/grade.grpc.pb.h"

namespace sightline::omr {

// A free loopback port, no metrics endpoint, two workers, 2 GiB (the test
// itself and its sheets count as idle memory), no predrain.
ServerOptions TestOptions();

struct OmrOptions {
  ServerOptions server = TestOptions();
  align::AlignLimits align;
  grade::GradeLimits grade;
  // Where grade looks for align; absent: in the same process.
  grade::AlignClient::ChannelSource align_channel;
};

// A running server. Ends the process if it does not start.
class OmrServer {
 public:
  explicit OmrServer(OmrOptions options = {});

  Server& server() { return server_; }
  // A connection of its own over TCP.
  std::shared_ptr<grpc::Channel> Connect() const;
  std::unique_ptr<align::v1::AlignService::Stub> Align() const;
  std::unique_ptr<grade::v1::GradeService::Stub> Grade() const;

 private:
  Server server_;
};

// What came back from a call.
template <typename Response>
struct Answer {
  absl::Status status;
  Response response;

  bool ok() const { return status.ok(); }
  // ErrorInfo.reason; empty if there is none.
  std::string reason() const {
    return DetailsOf(status).value_or(ErrorDetails{}).reason;
  }
  // The first violation's path; empty if there is none.
  std::string field() const {
    const ErrorDetails details = DetailsOf(status).value_or(ErrorDetails{});
    return details.fields.empty() ? "" : details.fields[0].field;
  }
};

// One call of a connection of its own.
Answer<align::v1::AlignResponse> Ask(const OmrServer& server,
                                     const align::v1::AlignRequest& request);
Answer<grade::v1::GradeSheetResponse> Ask(
    const OmrServer& server, const grade::v1::GradeSheetRequest& request);
Answer<grade::v1::ValidateLayoutResponse> Ask(
    const OmrServer& server, const grade::v1::ValidateLayoutRequest& request);

Answer<grade::v1::ProposeLayoutResponse> Ask(
    const OmrServer& server, const grade::v1::ProposeLayoutRequest& request);

// Turns a failure that came as google.rpc.Status into an absl::Status.
absl::Status ItemError(const google::rpc::Status& error);

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
    constexpr size_t kChunk = 256 << 10;
    Header(id, static_cast<int64_t>(bytes.size()));
    for (size_t at = 0; at < bytes.size(); at += kChunk) {
      Chunk(bytes.substr(at, kChunk));
    }
    return *this;
  }
  // Half-closes and reads every answer; returns how the stream ended.
  absl::Status End();
  // Reads every answer without half-closing.
  absl::Status Drain();

  grpc::ClientContext& context() { return context_; }
  // By item id.
  const std::map<std::string, Answer<Result>>& answers() const {
    return answers_;
  }

 private:
  grpc::ClientContext context_;
  std::unique_ptr<ReaderWriter> stream_;
  std::map<std::string, Answer<Result>> answers_;
};

using AlignStream =
    ItemStream<align::v1::AlignStreamRequest, align::v1::AlignStreamResponse>;
using GradeStream =
    ItemStream<grade::v1::GradeSheetsRequest, grade::v1::GradeSheetsResponse>;

}  // namespace sightline::omr

#endif  // SIGHTLINE_TESTS_SUPPORT_OMR_OMR_SERVER_H_
