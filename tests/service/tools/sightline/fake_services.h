// A server of made-up answers, to see how the command behaves.
#ifndef SIGHTLINE_TESTS_SERVICE_TOOLS_SIGHTLINE_FAKE_SERVICES_H_
#define SIGHTLINE_TESTS_SERVICE_TOOLS_SIGHTLINE_FAKE_SERVICES_H_

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "grpc/health/v1/health.grpc.pb.h"
#include "grpcpp/server.h"
#include "grpcpp/server_builder.h"
#include "grpcpp/server_context.h"
#include "sightline/align/v1/align.grpc.pb.h"
#include "sightline/georef/v1/georef.grpc.pb.h"
#include "sightline/grade/v1/grade.grpc.pb.h"
#include "sightline/preprocess/v1/preprocess.grpc.pb.h"
#include "tests/support/files/temporary_folder.h"
#include "tools/sightline/command.h"

namespace sightline::cli {

// The least that is a layout.
inline constexpr char kSmallLayout[] = R"({
  "page": {"width": 640, "height": 400},
  "fields": [{"label": "q1", "bubbles": [{"value": "A",
              "center": {"x": 50, "y": 60},
              "size": {"width": 20, "height": 10}}]}]})";

// A google.rpc.Status as a Sightline server makes it.
inline google::rpc::Status RpcStatus(int code, const std::string& message,
                                     const std::string& reason,
                                     int retry_milliseconds = -1) {
  google::rpc::Status status;
  status.set_code(code);
  status.set_message(message);
  google::rpc::ErrorInfo info;
  info.set_reason(reason);
  info.set_domain("sightline");
  status.add_details()->PackFrom(info);
  if (retry_milliseconds >= 0) {
    google::rpc::RetryInfo retry;
    retry.mutable_retry_delay()->set_nanos(retry_milliseconds * 1000000);
    status.add_details()->PackFrom(retry);
  }
  return status;
}

inline grpc::Status GrpcStatus(const google::rpc::Status& status) {
  return {static_cast<grpc::StatusCode>(status.code()), status.message(),
          status.SerializeAsString()};
}

// One item as a conveyor's server receives it.
struct ReceivedItem {
  common::v1::ItemHeader header;
  std::string bytes;
  // How often a scan of these bytes has come, this time included.
  int times = 1;
};

// Runs the server's side of a conveyor. `answer` is given whole items in order
// and returns how the stream goes on.
template <typename Request, typename Response>
class FakeConveyor {
 public:
  enum class Next { kGoOn, kEndStream };
  using Stream = grpc::ServerReaderWriter<Response, Request>;
  // Fills the response (its id is set); kEndStream leaves it unsent.
  std::function<Next(const ReceivedItem&, Response*)> answer;
  // What the stream ends with.
  std::function<grpc::Status()> ending = [] { return grpc::Status::OK; };
  // Ends the stream with this right after the settings, if not OK.
  std::function<grpc::Status()> on_settings = [] { return grpc::Status::OK; };
  std::atomic<int> streams = 0;
  std::atomic<int> largest_chunk = 0;
  Request last_settings;

  grpc::Status Serve(grpc::ServerContext*, Stream* stream) {
    ++streams;
    Request request;
    if (!stream->Read(&request) || !request.has_settings()) {
      return GrpcStatus(
          RpcStatus(3, "settings come first", "SETTINGS_MISSING"));
    }
    last_settings = request;
    if (grpc::Status refused = on_settings(); !refused.ok()) return refused;
    while (stream->Read(&request)) {
      ReceivedItem item;
      if (!request.has_item()) {
        return GrpcStatus(RpcStatus(3, "expected an item", "ITEM_MISSING"));
      }
      item.header = request.item();
      while (static_cast<int64_t>(item.bytes.size()) <
                 item.header.byte_size() &&
             stream->Read(&request)) {
        largest_chunk = std::max<int>(largest_chunk, request.chunk().size());
        item.bytes += request.chunk();
      }
      {
        const std::lock_guard lock(mutex_);
        item.times = ++seen_[item.bytes];
      }
      Response response;
      response.set_item_id(item.header.id());
      if (answer(item, &response) == Next::kEndStream) return ending();
      stream->Write(response);
    }
    return grpc::Status::OK;
  }

  int TimesSeen(const std::string& bytes) {
    const std::lock_guard lock(mutex_);
    return seen_[bytes];
  }

 private:
  std::mutex mutex_;
  std::map<std::string, int> seen_;
};

using GradeConveyor =
    FakeConveyor<grade::v1::GradeSheetsRequest, grade::v1::GradeSheetsResponse>;
using AlignConveyor =
    FakeConveyor<align::v1::AlignStreamRequest, align::v1::AlignStreamResponse>;

class FakeGradeService : public grade::v1::GradeService::Service {
 public:
  GradeConveyor conveyor;
  std::function<grpc::Status(const grade::v1::GradeSheetRequest&)> grade_sheet =
      [](const auto&) { return grpc::Status::OK; };

  grpc::Status GradeSheet(grpc::ServerContext*,
                          const grade::v1::GradeSheetRequest* request,
                          grade::v1::GradeSheetResponse*) override {
    return grade_sheet(*request);
  }
  grpc::Status GradeSheets(grpc::ServerContext* context,
                           GradeConveyor::Stream* stream) override {
    return conveyor.Serve(context, stream);
  }
};

class FakeAlignService : public align::v1::AlignService::Service {
 public:
  AlignConveyor conveyor;
  grpc::Status AlignStream(grpc::ServerContext* context,
                           AlignConveyor::Stream* stream) override {
    return conveyor.Serve(context, stream);
  }
};

using PreprocessConveyor =
    FakeConveyor<preprocess::v1::PreprocessStreamRequest,
                 preprocess::v1::PreprocessStreamResponse>;

class FakePreprocessService
    : public preprocess::v1::PreprocessService::Service {
 public:
  PreprocessConveyor conveyor;
  std::function<grpc::Status(const preprocess::v1::AssessQualityRequest&,
                             preprocess::v1::AssessQualityResponse*)>
      assess = [](const auto&, auto*) { return grpc::Status::OK; };
  // Every request for regions.
  std::vector<preprocess::v1::PreprocessRegionsRequest> region_requests;
  std::function<void(const preprocess::v1::Region&,
                     preprocess::v1::RegionResult*)>
      clean_region;
  preprocess::v1::GetCapabilitiesResponse capabilities;

  grpc::Status PreprocessStream(grpc::ServerContext* context,
                                PreprocessConveyor::Stream* stream) override {
    return conveyor.Serve(context, stream);
  }
  grpc::Status AssessQuality(
      grpc::ServerContext*, const preprocess::v1::AssessQualityRequest* request,
      preprocess::v1::AssessQualityResponse* response) override {
    return assess(*request, response);
  }
  grpc::Status PreprocessRegions(
      grpc::ServerContext*,
      const preprocess::v1::PreprocessRegionsRequest* request,
      preprocess::v1::PreprocessRegionsResponse* response) override {
    region_requests.push_back(*request);
    for (const auto& region : request->regions()) {
      clean_region(region, response->add_results());
    }
    return grpc::Status::OK;
  }
  grpc::Status GetCapabilities(
      grpc::ServerContext*, const preprocess::v1::GetCapabilitiesRequest*,
      preprocess::v1::GetCapabilitiesResponse* response) override {
    *response = capabilities;
    return grpc::Status::OK;
  }
};

using GeorefConveyor = FakeConveyor<georef::v1::ProcessStreamRequest,
                                    georef::v1::ProcessStreamResponse>;

class FakeGeorefService : public georef::v1::GeorefService::Service {
 public:
  GeorefConveyor conveyor;
  // Every request of Process, and what answers it.
  std::vector<georef::v1::ProcessRequest> requests;
  std::function<grpc::Status(const georef::v1::ProcessRequest&,
                             georef::v1::ProcessResponse*)>
      process = [](const auto&, auto*) { return grpc::Status::OK; };
  georef::v1::ComputeFootprintRequest footprint_request;
  georef::v1::ComputeFootprintResponse footprint;
  georef::v1::ReadOverlayRequest overlay_request;
  georef::v1::ReadOverlayResponse overlay;
  georef::v1::SegmentRequest segment_request;
  georef::v1::SegmentResponse segment;
  georef::v1::DescribeModelResponse models;

  grpc::Status ProcessStream(grpc::ServerContext* context,
                             GeorefConveyor::Stream* stream) override {
    return conveyor.Serve(context, stream);
  }
  grpc::Status Process(grpc::ServerContext*,
                       const georef::v1::ProcessRequest* request,
                       georef::v1::ProcessResponse* response) override {
    requests.push_back(*request);
    return process(*request, response);
  }
  grpc::Status ComputeFootprint(
      grpc::ServerContext*, const georef::v1::ComputeFootprintRequest* request,
      georef::v1::ComputeFootprintResponse* response) override {
    footprint_request = *request;
    *response = footprint;
    return grpc::Status::OK;
  }
  grpc::Status ReadOverlay(grpc::ServerContext*,
                           const georef::v1::ReadOverlayRequest* request,
                           georef::v1::ReadOverlayResponse* response) override {
    overlay_request = *request;
    *response = overlay;
    return grpc::Status::OK;
  }
  grpc::Status Segment(grpc::ServerContext*,
                       const georef::v1::SegmentRequest* request,
                       georef::v1::SegmentResponse* response) override {
    segment_request = *request;
    *response = segment;
    return grpc::Status::OK;
  }
  grpc::Status DescribeModel(
      grpc::ServerContext*, const georef::v1::DescribeModelRequest*,
      georef::v1::DescribeModelResponse* response) override {
    *response = models;
    return grpc::Status::OK;
  }
};

class FakeHealthService : public grpc::health::v1::Health::Service {
 public:
  std::map<std::string, grpc::health::v1::HealthCheckResponse::ServingStatus>
      states = {{"", grpc::health::v1::HealthCheckResponse::SERVING}};
  std::string last_authorization;

  grpc::Status Check(grpc::ServerContext* context,
                     const grpc::health::v1::HealthCheckRequest* request,
                     grpc::health::v1::HealthCheckResponse* response) override {
    const auto token = context->client_metadata().find("authorization");
    last_authorization =
        token == context->client_metadata().end()
            ? ""
            : std::string(token->second.data(), token->second.size());
    const auto found = states.find(request->service());
    if (found == states.end()) {
      return {grpc::StatusCode::NOT_FOUND, "no such service"};
    }
    response->set_status(found->second);
    return grpc::Status::OK;
  }
};

struct CommandOutcome {
  int exit_code = 0;
  std::string out;
  std::string err;
};

// The services on a socket, and the command pointed at it.
class FakeServer {
 public:
  FakeServer() {
    address_ = absl::StrCat("unix:", folder_.path(), "/socket");
    grpc::ServerBuilder builder;
    builder.AddListeningPort(address_, grpc::InsecureServerCredentials());
    builder.RegisterService(&grade);
    builder.RegisterService(&align);
    builder.RegisterService(&preprocess);
    builder.RegisterService(&georef);
    builder.RegisterService(&health);
    server_ = builder.BuildAndStart();
  }
  ~FakeServer() { server_->Shutdown(absl::ToChronoTime(absl::Now())); }

  // "sightline `arguments`... --server <this one>".
  CommandOutcome Run(std::vector<std::string> arguments,
                     const StopToken& stop = {}) {
    arguments.push_back(absl::StrCat("--server=", address_));
    std::ostringstream out;
    std::ostringstream err;
    Session session = {out, err, false, false, stop};
    CommandOutcome outcome;
    outcome.exit_code = RunSightline(arguments, session);
    outcome.out = out.str();
    outcome.err = err.str();
    return outcome;
  }

  const std::string& address() const { return address_; }
  TemporaryFolder& folder() { return folder_; }

  FakeGradeService grade;
  FakeAlignService align;
  FakePreprocessService preprocess;
  FakeGeorefService georef;
  FakeHealthService health;

 private:
  TemporaryFolder folder_;
  std::string address_;
  std::unique_ptr<grpc::Server> server_;
};

}  // namespace sightline::cli

#endif  // SIGHTLINE_TESTS_SERVICE_TOOLS_SIGHTLINE_FAKE_SERVICES_H_
