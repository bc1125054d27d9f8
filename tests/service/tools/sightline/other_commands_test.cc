// align, health and bench against a server of made-up answers.
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "gmock/gmock.h"
#include "grpcpp/generic/async_generic_service.h"
#include "gtest/gtest.h"
#include "tests/service/tools/sightline/fake_services.h"
#include "tools/sightline/client/server_reflection.pb.h"
#include "tools/sightline/text/json_text.h"

namespace sightline::cli {
namespace {

using align::v1::AlignStreamResponse;
using grpc::health::v1::HealthCheckResponse;
using ::testing::HasSubstr;
using ::testing::Not;

// A PNG header of 320 x 200 pixels; no more of it is looked at here.
const std::string& TinyPng() {
  static const std::string png(
      "\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x01\x40\0\0\0\xc8\x08\0\0\0\0"
      "\0\0\0\0",
      33);
  return png;
}

void AnswerAlignments(FakeServer& server) {
  server.align.conveyor.answer = [](const ReceivedItem& item,
                                    AlignStreamResponse* response) {
    if (item.bytes == "blank") {
      *response->mutable_error() =
          RpcStatus(5, "no page found", "PAGE_NOT_FOUND");
      return AlignConveyor::Next::kGoOn;
    }
    auto& result = *response->mutable_result();
    for (const double number :
         {0.5, 0.0, 12.25, 0.0, 0.5, -3.0, 0.0, 0.0, 1.0}) {
      result.add_homography(number);
    }
    result.set_confidence(0.97);
    result.set_method(align::v1::ALIGN_METHOD_CONTOUR);
    result.mutable_image()->set_content("pixels of " + item.bytes);
    result.mutable_image()->set_format(common::v1::IMAGE_FORMAT_PNG);
    return AlignConveyor::Next::kGoOn;
  };
}

TEST(AlignCommand, PrintsOneJsonObjectPerScanOfTheDocumentedShape) {
  FakeServer server;
  AnswerAlignments(server);
  const std::string reference = server.folder().Write("page.png", TinyPng());
  const std::string scan = server.folder().Write("scan.jpg", "photo");
  const std::string blank = server.folder().Write("blank.jpg", "blank");
  const CommandOutcome outcome =
      server.Run({"align", scan, blank, "--reference", reference, "--json",
                  "--method=contour", "--noenhance", "--max_features=77"});
  EXPECT_EQ(outcome.out,
            absl::StrCat("{\"file\": \"", scan,
                         "\", \"error\": null, \"homography\": [0.5, 0, 12.25, "
                         "0, 0.5, -3, 0, 0, 1], \"confidence\": 0.97, "
                         "\"method\": \"contour\"}\n{\"file\": \"",
                         blank,
                         "\", \"error\": {\"code\": \"NOT_FOUND\", \"reason\": "
                         "\"PAGE_NOT_FOUND\", \"message\": \"no page found\"}, "
                         "\"homography\": null, \"confidence\": null, "
                         "\"method\": null}\n"));
  EXPECT_EQ(outcome.exit_code, 15);
  const auto& settings = server.align.conveyor.last_settings.settings();
  EXPECT_EQ(settings.reference().page().width(), 320);
  EXPECT_EQ(settings.reference().page().height(), 200);
  EXPECT_EQ(settings.reference().image().encoded(), TinyPng());
  EXPECT_EQ(settings.options().method(), align::v1::ALIGN_METHOD_CONTOUR);
  EXPECT_TRUE(settings.options().has_enhance());
  EXPECT_FALSE(settings.options().enhance());
  EXPECT_EQ(settings.options().max_features(), 77);
  EXPECT_FALSE(settings.options().return_image());
}

TEST(AlignCommand, WritesAlignedPages) {
  FakeServer server;
  AnswerAlignments(server);
  const std::string reference = server.folder().Write("page.png", TinyPng());
  const std::string scan = server.folder().Write("scan.jpg", "photo");
  const std::string out = server.folder().path() + "/made/here";
  const CommandOutcome outcome = server.Run(
      {"align", scan, "--reference", reference, "--out", out, "--format=png"});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.out << outcome.err;
  EXPECT_EQ(server.folder().Read("made/here/scan-aligned.png"),
            "pixels of photo");
  EXPECT_THAT(outcome.out, HasSubstr("aligned by contour, confidence 0.97"));
}

TEST(AlignCommand, TakesTheReferenceFromALayout) {
  FakeServer server;
  AnswerAlignments(server);
  server.folder().Write("page.png", TinyPng());
  const std::string layout = server.folder().Write("layout.json", R"({
    "page": {"width": 640, "height": 400},
    "bubble": {"width": 20, "height": 10},
    "reference": {"file": "page.png"},
    "blocks": [{"labels": ["q1..3"], "values": ["A", "B"],
                "origin": {"x": 50, "y": 60}, "value_gap": 30,
                "field_gap": 40}]})");
  const std::string scan = server.folder().Write("scan.jpg", "photo");
  const CommandOutcome outcome =
      server.Run({"align", scan, "--layout", layout});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.out << outcome.err;
  const auto& reference =
      server.align.conveyor.last_settings.settings().reference();
  EXPECT_EQ(reference.page().width(), 640);
  EXPECT_EQ(reference.image().encoded(), TinyPng());
  ASSERT_EQ(reference.shapes_size(), 6);
  EXPECT_EQ(reference.shapes(5).center().x(), 80);
  EXPECT_EQ(reference.shapes(5).center().y(), 140);
  EXPECT_EQ(reference.shapes(5).size().width(), 20);
}

TEST(AlignCommand, NeedsExactlyOneTarget) {
  FakeServer server;
  EXPECT_EQ(server.Run({"align", "x.jpg"}).exit_code, 13);
  EXPECT_EQ(
      server
          .Run({"align", "x.jpg", "--reference", "a.png", "--layout", "b.json"})
          .exit_code,
      13);
  const std::string text = server.folder().Write("page.png", "no picture");
  const CommandOutcome outcome =
      server.Run({"align", "x.jpg", "--reference", text});
  EXPECT_EQ(outcome.exit_code, 13);
  EXPECT_THAT(outcome.err, HasSubstr("IMAGE_FORMAT_UNKNOWN"));
}

TEST(HealthCommand, TellsServingFromNotServing) {
  FakeServer server;
  server.health.states["one"] = HealthCheckResponse::SERVING;
  server.health.states["two"] = HealthCheckResponse::NOT_SERVING;
  const CommandOutcome good = server.Run({"health", "", "one"});
  EXPECT_EQ(good.exit_code, 0) << good.err;
  EXPECT_THAT(good.out, HasSubstr("(server)  SERVING"));
  const CommandOutcome bad = server.Run({"health", "one", "two", "--json"});
  EXPECT_EQ(bad.exit_code, 24);
  EXPECT_THAT(bad.out, HasSubstr("\"service\": \"two\", \"state\": "
                                 "\"NOT_SERVING\", \"error\": null"));
  const CommandOutcome unknown = server.Run({"health", "three"});
  EXPECT_EQ(unknown.exit_code, 15);
}

TEST(HealthCommand, WorksWithoutReflection) {
  FakeServer server;
  const CommandOutcome outcome = server.Run({"health"});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("SERVING"));
  EXPECT_THAT(outcome.out, Not(HasSubstr("grpc.")));
}

TEST(HealthCommand, SendsTheToken) {
  FakeServer server;
  const std::string token = server.folder().Write("token", "s3cret\n");
  EXPECT_EQ(server.Run({"health", "", "--token_file", token}).exit_code, 0);
  EXPECT_EQ(server.health.last_authorization, "Bearer s3cret");
  const std::string two = server.folder().Write("two", "a b\n");
  EXPECT_EQ(server.Run({"health", "", "--token_file", two}).exit_code, 19);
}

TEST(HealthCommand, SaysThatNoServerIsThere) {
  std::ostringstream out;
  std::ostringstream err;
  Session session = {out, err, false, false, {}};
  const std::vector<std::string> arguments = {
      "health", "--server=unix:/nonexistent/socket", "--retries=0"};
  EXPECT_EQ(RunSightline(arguments, session), 24);
  EXPECT_THAT(err.str(), HasSubstr("is the server running there?"));
}

TEST(DescribeCommand, SaysThatTheServerHasNoReflection) {
  FakeServer server;
  const CommandOutcome outcome = server.Run({"describe"});
  EXPECT_EQ(outcome.exit_code, 19);
  EXPECT_THAT(outcome.err, HasSubstr("REFLECTION_MISSING"));
}

// Answers the first reflection request with one message and all others with
// another.
class BrokenReflection : public grpc::CallbackGenericService {
 public:
  BrokenReflection(const tools::reflection::Response& first,
                   const tools::reflection::Response& others)
      : first_(first.SerializeAsString()),
        others_(others.SerializeAsString()) {}

  grpc::ServerGenericBidiReactor* CreateReactor(
      grpc::GenericCallbackServerContext*) override {
    class Reactor : public grpc::ServerGenericBidiReactor {
     public:
      Reactor(const std::string& first, const std::string& others) {
        const grpc::Slice first_slice(first);
        first_ = grpc::ByteBuffer(&first_slice, 1);
        const grpc::Slice others_slice(others);
        others_ = grpc::ByteBuffer(&others_slice, 1);
        StartRead(&question_);
      }
      void OnReadDone(bool ok) override {
        if (ok) {
          StartWrite(std::exchange(is_first_, false) ? &first_ : &others_);
        } else {
          Finish(grpc::Status::OK);
        }
      }
      void OnWriteDone(bool ok) override {
        if (ok) StartRead(&question_);
      }
      void OnDone() override { delete this; }

     private:
      bool is_first_ = true;
      grpc::ByteBuffer question_;
      grpc::ByteBuffer first_;
      grpc::ByteBuffer others_;
    };
    return new Reactor(first_, others_);
  }

 private:
  const std::string first_;
  const std::string others_;
};

TEST(DescribeCommand, SurvivesReflectionThatMakesNoSense) {
  tools::reflection::Response services;
  services.mutable_list_services_response()->add_service()->set_name("a.B");
  tools::reflection::Response garbage;
  garbage.mutable_file_descriptor_response()->add_file_descriptor_proto(
      "\xff\xff");
  tools::reflection::Response failure;
  failure.mutable_error_response()->set_error_code(7);
  failure.mutable_error_response()->set_error_message("not for you");
  const struct {
    tools::reflection::Response first;
    tools::reflection::Response others;
    int exit_code;
    const char* message;
  } kCases[] = {
      // An answer to another question: nothing is known of the service.
      {services, services, 0, "service a.B  (not described)"},
      {services, garbage, 23, "REFLECTION_INVALID"},
      {services, failure, 17, "reflection: not for you"},
      {failure, failure, 17, "reflection: not for you"},
  };
  for (const auto& test : kCases) {
    TemporaryFolder folder;
    const std::string address = absl::StrCat("unix:", folder.Path("socket"));
    BrokenReflection reflection(test.first, test.others);
    grpc::ServerBuilder builder;
    builder.AddListeningPort(address, grpc::InsecureServerCredentials());
    builder.RegisterCallbackGenericService(&reflection);
    const auto server = builder.BuildAndStart();
    std::ostringstream out;
    std::ostringstream err;
    Session session = {out, err, false, false, {}};
    const std::vector<std::string> arguments = {
        "describe", absl::StrCat("--server=", address)};
    EXPECT_EQ(RunSightline(arguments, session), test.exit_code)
        << out.str() << err.str();
    EXPECT_THAT(out.str() + err.str(), HasSubstr(test.message));
    server->Shutdown(absl::ToChronoTime(absl::Now()));
  }
}

const JsonValue& Member(const JsonValue& value, const char* name) {
  static const JsonValue missing;
  const JsonValue* member = value.Find(name);
  EXPECT_NE(member, nullptr) << name;
  return member == nullptr ? missing : *member;
}

TEST(BenchCommand, CountsEveryCallOfAClosedLoop) {
  FakeServer server;
  const CommandOutcome outcome =
      server.Run({"bench", "--concurrency=3", "--calls=60", "--json"});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  const auto json = ParseJson(outcome.out);
  ASSERT_TRUE(json.ok()) << outcome.out;
  EXPECT_EQ(Member(*json, "payload").text, "health");
  EXPECT_EQ(Member(*json, "loop").text, "closed");
  EXPECT_EQ(Member(*json, "ok").text, "60");
  EXPECT_EQ(Member(*json, "calls").text, "60");
  const JsonValue& latency = Member(*json, "latency_ms");
  EXPECT_GT(std::stod(Member(latency, "p50").text), 0);
  EXPECT_LE(std::stod(Member(latency, "p50").text),
            std::stod(Member(latency, "p99").text));
  int64_t in_bars = 0;
  for (const JsonValue& bar : Member(*json, "histogram").items) {
    in_bars += std::stoll(Member(bar, "count").text);
  }
  EXPECT_EQ(in_bars, 60);
}

TEST(BenchCommand, CountsErrorsByCode) {
  FakeServer server;
  std::atomic<int> calls = 0;
  server.grade.grade_sheet = [&calls](const auto& request) {
    EXPECT_EQ(request.scan().encoded(), "photo");
    EXPECT_EQ(request.layout().page().width(), 640);
    return ++calls % 4 == 0 ? GrpcStatus(RpcStatus(8, "busy", "OVERLOADED", 1))
                            : grpc::Status::OK;
  };
  const std::string scan = server.folder().Write("scan.jpg", "photo");
  const std::string layout = server.folder().Write(
      "layout.json", R"({"page": {"width": 640, "height": 400}})");
  const CommandOutcome outcome =
      server.Run({"bench", scan, "--layout", layout, "--calls=20", "--json"});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_THAT(outcome.out,
              HasSubstr("\"errors\": {\"RESOURCE_EXHAUSTED\": 5}"));
  EXPECT_THAT(outcome.out, HasSubstr("\"ok\": 15"));
  // With retries none is left.
  const CommandOutcome retried = server.Run(
      {"bench", scan, "--layout", layout, "--calls=20", "--retries=2"});
  EXPECT_THAT(retried.out, Not(HasSubstr("RESOURCE_EXHAUSTED")));
}

TEST(BenchCommand, AnOpenLoopChargesTheServerForTheCallsItHeldUp) {
  FakeServer server;
  server.grade.grade_sheet = [](const auto&) {
    absl::SleepFor(absl::Milliseconds(40));
    return grpc::Status::OK;
  };
  const std::string scan = server.folder().Write("scan.jpg", "photo");
  const std::string layout = server.folder().Write(
      "layout.json", R"({"page": {"width": 640, "height": 400}})");
  // 100 calls a second on one worker that manages 25: half a second of calls
  // waits in line, and the latency shows it.
  const CommandOutcome outcome =
      server.Run({"bench", scan, "--layout", layout, "--rate=100",
                  "--duration=0.5", "--json"});
  const auto json = ParseJson(outcome.out);
  ASSERT_TRUE(json.ok()) << outcome.out << outcome.err;
  EXPECT_EQ(Member(*json, "loop").text, "open");
  EXPECT_GT(std::stod(Member(Member(*json, "latency_ms"), "max").text), 150);
  EXPECT_GT(std::stoi(Member(*json, "not_made").text), 10);
}

TEST(BenchCommand, FailsWhenNoCallSucceeds) {
  FakeServer server;
  server.grade.grade_sheet = [](const auto&) {
    return GrpcStatus(RpcStatus(3, "bad layout", "LAYOUT_INVALID"));
  };
  const std::string scan = server.folder().Write("scan.jpg", "photo");
  const std::string layout = server.folder().Write("layout.json", "{}");
  const CommandOutcome outcome =
      server.Run({"bench", scan, "--layout", layout, "--calls=3"});
  EXPECT_EQ(outcome.exit_code, 13);
  EXPECT_THAT(outcome.out, HasSubstr("bad layout"));
}

TEST(BenchCommand, CallsTheStreamToo) {
  FakeServer server;
  server.grade.conveyor.answer = [](const ReceivedItem& item,
                                    grade::v1::GradeSheetsResponse* response) {
    EXPECT_EQ(item.bytes, "photo");
    response->mutable_result();
    return GradeConveyor::Next::kGoOn;
  };
  const std::string scan = server.folder().Write("scan.jpg", "photo");
  const std::string layout = server.folder().Write("layout.json", "{}");
  const CommandOutcome outcome =
      server.Run({"bench", scan, "--layout", layout, "--calls=5", "--json",
                  "--payload=grade_stream", "--concurrency=2"});
  EXPECT_THAT(outcome.out, HasSubstr("\"ok\": 5"));
  EXPECT_EQ(server.grade.conveyor.streams, 5);
}

}  // namespace
}  // namespace sightline::cli
