// A server of align and grade for tests, wired as sightline-omr is, and a
// client of it over TCP.
#ifndef SIGHTLINE_TESTS_SUPPORT_OMR_OMR_SERVER_H_
#define SIGHTLINE_TESTS_SUPPORT_OMR_OMR_SERVER_H_

#include <grpcpp/channel.h>

#include <memory>

#include "common/server/server.h"
#include "services/align/align_options.h"
#include "services/grade/align_client.h"
#include "services/grade/grade_options.h"
#include "sightline/align/v1/align.grpc.pb.h"
#include "sightline/grade/v1/grade.grpc.pb.h"
#include "tests/support/wire/item_stream.h"

namespace sightline::omr {

using wire::Answer;
using wire::ItemStream;

struct OmrOptions {
  ServerOptions server = wire::TestOptions();
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

// One call of a connection of its own.
Answer<align::v1::AlignResponse> Ask(const OmrServer& server,
                                     const align::v1::AlignRequest& request);
Answer<grade::v1::GradeSheetResponse> Ask(
    const OmrServer& server, const grade::v1::GradeSheetRequest& request);
Answer<grade::v1::ValidateLayoutResponse> Ask(
    const OmrServer& server, const grade::v1::ValidateLayoutRequest& request);

Answer<grade::v1::ProposeLayoutResponse> Ask(
    const OmrServer& server, const grade::v1::ProposeLayoutRequest& request);

using AlignStream =
    ItemStream<align::v1::AlignStreamRequest, align::v1::AlignStreamResponse>;
using GradeStream =
    ItemStream<grade::v1::GradeSheetsRequest, grade::v1::GradeSheetsResponse>;

}  // namespace sightline::omr

#endif  // SIGHTLINE_TESTS_SUPPORT_OMR_OMR_SERVER_H_
