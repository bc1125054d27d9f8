// sightline bench: load on a server, and how it answers.
#include <algorithm>
#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/status/error.h"
#include "common/status/status_macros.h"
#include "grpc/health/v1/health.grpc.pb.h"
#include "sightline/grade/v1/grade.grpc.pb.h"
#include "tools/sightline/bench/load_driver.h"
#include "tools/sightline/bench/load_report.h"
#include "tools/sightline/client/connection.h"
#include "tools/sightline/client/conveyor.h"
#include "tools/sightline/client/send_scans.h"
#include "tools/sightline/command.h"
#include "tools/sightline/input/message_file.h"
#include "tools/sightline/input/scan_list.h"

namespace sightline::cli {
namespace {

using grade::v1::GradeService;
using grade::v1::GradeSheetRequest;
using grade::v1::GradeSheetResponse;
using grade::v1::GradeSheetsRequest;
using grade::v1::GradeSheetsResponse;
using grpc::health::v1::Health;

enum Payload { kHealth, kGrade, kGradeStream };

constexpr char kDescription[] =
    "Calls a server again and again and measures how it answers. Without "
    "--rate, --concurrency callers each call as soon as they have their answer "
    "(closed loop). With --rate, calls arrive at random at that rate (open "
    "loop) and latency counts from the time a call was due.\n\n"
    "  sightline bench --duration 5s --concurrency 8\n"
    "  sightline bench scan.jpg --layout layout.json --rate 20\n\n"
    "Exit code: 0, or 10 + the gRPC code of the first failure when no call "
    "succeeded.";

struct BenchFlags {
  int payload = -1;
  std::string layout;
  std::string key;
  bool allow_outside = false;
  bool json = false;
  int connections = 0;
  int calls = 0;
  LoadPlan plan;
  ConnectionOptions connection;
};

ArgumentParser MakeParser(BenchFlags& flags) {
  ArgumentParser parser("bench [SCAN... --layout FILE] [flags]", kDescription);
  parser.AddChoice(
      "payload",
      {{"health", kHealth}, {"grade", kGrade}, {"grade_stream", kGradeStream}},
      "What is called: a health check, GradeSheet, or GradeSheets with one "
      "sheet per stream. Default: health, grade when scans are given.",
      &flags.payload);
  parser.Add("layout", "FILE", "Layout of the scans.", &flags.layout);
  parser.Add("key", "FILE", "Answer key of the scans.", &flags.key);
  parser.AddSwitch("allow_outside",
                   "Lets {\"file\": ...} name files outside the folder of the "
                   "layout.",
                   &flags.allow_outside);
  parser.Heading("Load");
  parser.Add("concurrency", "N",
             "Calls at a time, 1..1024; with --rate, at most. Default 1.",
             &flags.plan.concurrency);
  parser.Add("connections", "N",
             "Connections they share. Default: one each, at most 64.",
             &flags.connections);
  parser.Add("rate", "PER_SECOND", "Open loop: calls per second.",
             &flags.plan.rate);
  parser.Add("duration", "DURATION", "How long. Default 10s.",
             &flags.plan.duration);
  parser.Add("calls", "N", "End after that many calls.", &flags.calls);
  parser.AddSwitch("json", "One JSON object on standard output.", &flags.json);
  AddConnectionFlags(parser, &flags.connection);
  return parser;
}

absl::Status Invalid(absl::string_view message) {
  return Error(absl::StatusCode::kInvalidArgument, "FLAG_INVALID")
      .Message(message);
}

absl::Status Check(BenchFlags& flags, bool has_scans) {
  if (flags.payload < 0) flags.payload = has_scans ? kGrade : kHealth;
  if (flags.plan.concurrency < 1 || flags.plan.concurrency > 1024) {
    return Invalid("--concurrency must lie in 1..1024");
  }
  if (flags.plan.rate < 0 || flags.plan.rate > 1e6) {
    return Invalid("--rate must lie in 0..1000000");
  }
  if (flags.calls < 0) return Invalid("--calls must not be negative");
  flags.plan.max_calls = flags.calls;
  if (flags.connections < 0 || flags.connections > flags.plan.concurrency) {
    return Invalid("--connections must lie in 1..concurrency");
  }
  if (flags.connections == 0) {
    flags.connections = std::min(flags.plan.concurrency, 64);
  }
  if (flags.payload != kHealth && (!has_scans || flags.layout.empty())) {
    return Invalid("grading needs scans and their --layout");
  }
  return absl::OkStatus();
}

// One way of calling; Call() runs on many threads.
class Caller {
 public:
  virtual ~Caller() = default;
  virtual absl::Status Call(const Connection& connection,
                            const StopToken& stop) = 0;
};

class HealthCaller : public Caller {
 public:
  absl::Status Call(const Connection& connection,
                    const StopToken& stop) override {
    const auto stub = Health::NewStub(connection.channel());
    const grpc::health::v1::HealthCheckRequest request;
    grpc::health::v1::HealthCheckResponse response;
    return connection.Call(stop, [&](grpc::ClientContext* context) {
      return stub->Check(context, request, &response);
    });
  }
};

// Calls GradeSheet with each scan in turn.
class GradeCaller : public Caller {
 public:
  explicit GradeCaller(std::vector<GradeSheetRequest> requests)
      : requests_(std::move(requests)) {}

  absl::Status Call(const Connection& connection,
                    const StopToken& stop) override {
    const auto stub = GradeService::NewStub(connection.channel());
    const GradeSheetRequest& request = requests_[next_++ % requests_.size()];
    return connection.Call(stop, [&](grpc::ClientContext* context) {
      GradeSheetResponse response;
      return stub->GradeSheet(context, request, &response);
    });
  }

 private:
  const std::vector<GradeSheetRequest> requests_;
  std::atomic<size_t> next_ = 0;
};

// Opens a GradeSheets stream for each scan in turn.
class GradeStreamCaller : public Caller {
 public:
  explicit GradeStreamCaller(std::vector<GradeSheetRequest> requests)
      : requests_(std::move(requests)) {
    auto& settings = *settings_.mutable_settings();
    *settings.mutable_layout() = requests_[0].layout();
    if (requests_[0].has_key()) *settings.mutable_key() = requests_[0].key();
  }

  absl::Status Call(const Connection& connection,
                    const StopToken& stop) override {
    const auto stub = GradeService::NewStub(connection.channel());
    const auto& scan = requests_[next_++ % requests_.size()].scan();
    absl::Status answer;
    ConveyorJob job;
    job.count = 1;
    job.open = [&] {
      return std::make_unique<
          GrpcConveyorStream<GradeSheetsRequest, GradeSheetsResponse>>(
          connection, &settings_, [&](grpc::ClientContext* context) {
            return stub->GradeSheets(context);
          });
    };
    job.read = [&](size_t, common::v1::ItemHeader* header) {
      header->set_page(scan.page());
      return scan.encoded();
    };
    job.take = [&](size_t, ConveyorOutcome outcome) {
      answer = outcome.status();
    };
    // The only item is told of the stream's failure.
    RunConveyor(
        job, {1, connection.options().retries, connection.options().deadline},
        stop)
        .IgnoreError();
    return answer;
  }

 private:
  const std::vector<GradeSheetRequest> requests_;
  GradeSheetsRequest settings_;
  std::atomic<size_t> next_ = 0;
};

absl::StatusOr<std::vector<GradeSheetRequest>> ReadRequests(
    const BenchFlags& flags, absl::Span<const std::string> paths,
    const StopToken& stop) {
  GradeSheetRequest common;
  std::vector<std::string> layout_pictures;
  MessageFileOptions options;
  options.allow_outside = flags.allow_outside;
  options.named_files = &layout_pictures;
  SL_RETURN_IF_ERROR(
      ReadMessageFile(flags.layout, options, common.mutable_layout()));
  if (!flags.key.empty()) {
    SL_RETURN_IF_ERROR(
        ReadMessageFile(flags.key, options, common.mutable_key()));
  }
  SL_ASSIGN_OR_RETURN(const std::vector<Scan> scans,
                      ListScans(paths, {{}, layout_pictures}, stop));
  std::vector<GradeSheetRequest> requests;
  for (const Scan& scan : scans) {
    SL_ASSIGN_OR_RETURN(
        std::string content,
        ReadScan(scan, SendingOptions{}.pdf_dots_per_inch, stop));
    requests.push_back(common);
    requests.back().mutable_scan()->set_encoded(std::move(content));
    if (!scan.is_pdf) requests.back().mutable_scan()->set_page(scan.page);
  }
  return requests;
}

absl::StatusOr<std::unique_ptr<Caller>> MakeCaller(
    const BenchFlags& flags, absl::Span<const std::string> paths,
    const StopToken& stop) {
  std::unique_ptr<Caller> caller;
  if (flags.payload == kHealth) {
    caller = std::make_unique<HealthCaller>();
    return caller;
  }
  SL_ASSIGN_OR_RETURN(auto requests, ReadRequests(flags, paths, stop));
  if (flags.payload == kGrade) {
    caller = std::make_unique<GradeCaller>(std::move(requests));
  } else {
    caller = std::make_unique<GradeStreamCaller>(std::move(requests));
  }
  return caller;
}

}  // namespace

absl::StatusOr<int> RunBench(absl::Span<const std::string> arguments,
                             Session& session) {
  BenchFlags flags;
  // A call that is repeated would hide what the server refuses.
  flags.connection.retries = 0;
  const ArgumentParser parser = MakeParser(flags);
  SL_ASSIGN_OR_RETURN(const ParsedArguments parsed, parser.Parse(arguments));
  if (parsed.help) {
    session.out << parser.Help();
    return 0;
  }
  SL_RETURN_IF_ERROR(Check(flags, !parsed.positional.empty()));
  SL_ASSIGN_OR_RETURN(const std::unique_ptr<Caller> caller,
                      MakeCaller(flags, parsed.positional, session.stop));
  std::vector<Connection> connections;
  for (int i = 0; i < flags.connections; ++i) {
    SL_ASSIGN_OR_RETURN(Connection connection,
                        Connection::Open(flags.connection));
    connections.push_back(std::move(connection));
  }
  // Connecting is not what is measured.
  SL_RETURN_IF_ERROR(connections[0].WaitUntilReady(session.stop));

  const LoadResult result = RunLoad(
      flags.plan,
      [&](int worker) {
        return caller->Call(connections[worker % connections.size()],
                            session.stop);
      },
      session.stop);
  constexpr const char* kNames[] = {"health", "grade", "grade_stream"};
  const char* payload = kNames[flags.payload];
  if (flags.json) {
    session.out << LoadJson(payload, flags.plan, result) << "\n";
  } else {
    session.out << LoadText(payload, flags.plan, result);
  }
  return result.succeeded() > 0 ? 0 : ExitCode(result.first_failure);
}

}  // namespace sightline::cli
