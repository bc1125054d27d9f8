#include "tests/support/omr/omr_server.h"

#include <grpcpp/grpcpp.h>

#include <cstdio>
#include <cstdlib>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/status/grpc_status.h"
#include "services/align/align_service.h"
#include "services/grade/grade_service.h"

namespace sightline::omr {
namespace {

// Long: a busy machine must not fail a test.
constexpr absl::Duration kDeadline = absl::Seconds(60);

template <typename Response, typename Invoke>
Answer<Response> AskWith(const Invoke& invoke) {
  grpc::ClientContext context;
  context.set_deadline(absl::ToChronoTime(absl::Now() + kDeadline));
  Answer<Response> answer;
  answer.status = FromGrpcStatus(invoke(&context, &answer.response));
  return answer;
}

}  // namespace

ServerOptions TestOptions() {
  ServerOptions options;
  options.listen = "127.0.0.1:0";
  options.memory_budget_bytes = int64_t{2} << 30;
  options.threads = 2;
  options.predrain = absl::ZeroDuration();
  options.drain_timeout = absl::Seconds(10);
  return options;
}

OmrServer::OmrServer(OmrOptions options) : server_(options.server) {
  grade::AlignClient::ChannelSource channel = std::move(options.align_channel);
  if (channel == nullptr) {
    channel = [this] { return server_.InProcessChannel(); };
  }
  server_.SetAside(options.align.reference_cache_bytes);
  server_.Add(std::make_unique<align::AlignService>(options.align));
  server_.Add(
      std::make_unique<grade::GradeService>(options.grade, std::move(channel)));
  const absl::Status started = server_.Start();
  if (!started.ok()) {
    std::fprintf(stderr, "the server does not start: %s\n",
                 started.ToString().c_str());
    std::abort();
  }
}

std::shared_ptr<grpc::Channel> OmrServer::Connect() const {
  grpc::ChannelArguments arguments;
  // Channels with equal arguments share connections unless told not to.
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  arguments.SetMaxSendMessageSize(-1);
  arguments.SetMaxReceiveMessageSize(-1);
  return grpc::CreateCustomChannel(absl::StrCat("127.0.0.1:", server_.port()),
                                   grpc::InsecureChannelCredentials(),
                                   arguments);
}

std::unique_ptr<align::v1::AlignService::Stub> OmrServer::Align() const {
  return align::v1::AlignService::NewStub(Connect());
}

std::unique_ptr<grade::v1::GradeService::Stub> OmrServer::Grade() const {
  return grade::v1::GradeService::NewStub(Connect());
}

Answer<align::v1::AlignResponse> Ask(const OmrServer& server,
                                     const align::v1::AlignRequest& request) {
  return AskWith<align::v1::AlignResponse>([&](auto* context, auto* response) {
    return server.Align()->Align(context, request, response);
  });
}

Answer<grade::v1::GradeSheetResponse> Ask(
    const OmrServer& server, const grade::v1::GradeSheetRequest& request) {
  return AskWith<grade::v1::GradeSheetResponse>(
      [&](auto* context, auto* response) {
        return server.Grade()->GradeSheet(context, request, response);
      });
}

Answer<grade::v1::ValidateLayoutResponse> Ask(
    const OmrServer& server, const grade::v1::ValidateLayoutRequest& request) {
  return AskWith<grade::v1::ValidateLayoutResponse>(
      [&](auto* context, auto* response) {
        return server.Grade()->ValidateLayout(context, request, response);
      });
}

Answer<grade::v1::ProposeLayoutResponse> Ask(
    const OmrServer& server, const grade::v1::ProposeLayoutRequest& request) {
  return AskWith<grade::v1::ProposeLayoutResponse>(
      [&](auto* context, auto* response) {
        return server.Grade()->ProposeLayout(context, request, response);
      });
}

absl::Status ItemError(const google::rpc::Status& error) {
  return FromRpcStatus(error);
}

template <typename Request, typename Response>
absl::Status ItemStream<Request, Response>::End() {
  stream_->WritesDone();
  return Drain();
}

template <typename Request, typename Response>
absl::Status ItemStream<Request, Response>::Drain() {
  Response response;
  while (stream_->Read(&response)) {
    Answer<Result>& answer = answers_[response.item_id()];
    if (response.has_error()) answer.status = ItemError(response.error());
    if (response.has_result()) answer.response = response.result();
  }
  return FromGrpcStatus(stream_->Finish());
}

template class ItemStream<align::v1::AlignStreamRequest,
                          align::v1::AlignStreamResponse>;
template class ItemStream<grade::v1::GradeSheetsRequest,
                          grade::v1::GradeSheetsResponse>;

}  // namespace sightline::omr
