// `sightline describe` against a server with reflection. In a program of its
// own: linking gRPC's reflection turns it on in every server.
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/service/tools/sightline/fake_services.h"
#include "tools/sightline/text/json_text.h"

namespace sightline::cli {
namespace {

using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::Not;

TEST(DescribeCommand, ListsServicesAndMethodsWithTheirComments) {
  FakeServer server;
  const CommandOutcome outcome = server.Run({"describe"});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_THAT(outcome.out,
              HasSubstr("service sightline.align.v1.AlignService"));
  EXPECT_THAT(
      outcome.out,
      HasSubstr(
          "  // Grades one sheet. Requests above 8 MiB: use GradeSheets.\n"
          "  rpc GradeSheet(sightline.grade.v1.GradeSheetRequest) returns "
          "(sightline.grade.v1.GradeSheetResponse);\n"));
  EXPECT_THAT(
      outcome.out,
      HasSubstr("rpc GradeSheets(stream sightline.grade.v1.GradeSheetsRequest) "
                "returns (stream sightline.grade.v1.GradeSheetsResponse);"));
  EXPECT_THAT(outcome.out, Not(HasSubstr("message sightline")));
}

TEST(DescribeCommand, DescribesAMessageAndWhatItIsMadeOf) {
  FakeServer server;
  const CommandOutcome outcome =
      server.Run({"describe", "sightline.grade.v1.GradeOptions"});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_THAT(outcome.out,
              HasSubstr("message sightline.grade.v1.GradeOptions"));
  EXPECT_THAT(outcome.out, HasSubstr("  optional double threshold = 1;\n"));
  EXPECT_THAT(outcome.out, HasSubstr("  // Default 0.8.\n"));
  EXPECT_THAT(outcome.out, HasSubstr("enum sightline.common.v1.ImageFormat"));
  EXPECT_THAT(outcome.out, Not(HasSubstr("GradeSheetRequest")));
}

TEST(DescribeCommand, PutsTheServersOwnServicesFirst) {
  FakeServer server;
  const CommandOutcome outcome = server.Run({"describe"});
  EXPECT_LT(outcome.out.find("service sightline.grade.v1.GradeService"),
            outcome.out.find("service grpc.health.v1.Health"));
}

TEST(DescribeCommand, DescribesOneofs) {
  FakeServer server;
  const CommandOutcome outcome =
      server.Run({"describe", "sightline.grade.v1.GradeSheetsRequest"});
  EXPECT_THAT(outcome.out, HasSubstr("  oneof part {\n"));
  EXPECT_THAT(outcome.out, HasSubstr("    bytes chunk = 3;\n  }\n}\n"));
}

TEST(DescribeCommand, PrintsOneJsonObjectPerService) {
  FakeServer server;
  const CommandOutcome outcome =
      server.Run({"describe", "sightline.align.v1.AlignService", "--json"});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  const auto json = ParseJson(outcome.out);
  ASSERT_TRUE(json.ok()) << json.status() << outcome.out;
  EXPECT_EQ(json->Find("service")->text, "sightline.align.v1.AlignService");
  ASSERT_EQ(json->Find("methods")->items.size(), 2u);
  EXPECT_EQ(json->Find("methods")->items[1].Find("request_stream")->text,
            "true");
  EXPECT_GT(json->Find("messages")->items.size(), 5u);
}

TEST(DescribeCommand, SaysWhatItDoesNotKnow) {
  FakeServer server;
  const CommandOutcome outcome = server.Run({"describe", "no.such.Thing"});
  EXPECT_EQ(outcome.exit_code, 15);
  EXPECT_THAT(outcome.err, HasSubstr("no.such.Thing"));
  EXPECT_THAT(outcome.err, HasSubstr("SYMBOL_NOT_FOUND"));
}

TEST(HealthCommand, AsksEveryServiceThatTheServerLists) {
  FakeServer server;
  server.health.states["sightline.grade.v1.GradeService"] =
      grpc::health::v1::HealthCheckResponse::SERVING;
  const CommandOutcome outcome = server.Run({"health"});
  // The align service is listed and has no state.
  EXPECT_EQ(outcome.exit_code, 15);
  EXPECT_THAT(outcome.out,
              ContainsRegex("sightline.grade.v1.GradeService +SERVING"));
  EXPECT_THAT(outcome.out, HasSubstr("sightline.align.v1.AlignService"));
}

TEST(DoctorCommand, ChecksOneThingAfterAnother) {
  FakeServer server;
  const CommandOutcome outcome = server.Run({"doctor"});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("connect     ok: "));
  EXPECT_THAT(outcome.out, HasSubstr("health      ok: SERVING"));
  EXPECT_THAT(outcome.out, HasSubstr("reflection  ok: grpc.health.v1.Health"));
  server.health.states[""] = grpc::health::v1::HealthCheckResponse::NOT_SERVING;
  EXPECT_EQ(server.Run({"doctor"}).exit_code, 24);
}

}  // namespace
}  // namespace sightline::cli
