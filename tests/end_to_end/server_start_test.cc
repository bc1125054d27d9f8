// How sightline-omr is set up: what it refuses to start with, and the ways to
// reach it.
#include <gmock/gmock.h>
#include <google/protobuf/struct.pb.h>
#include <google/protobuf/util/json_util.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <csignal>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "grpc/health/v1/health.grpc.pb.h"
#include "sightline/grade/v1/grade.grpc.pb.h"
#include "tests/support/files/temporary_folder.h"
#include "tests/support/process/server_program.h"
#include "tests/unit/common/credentials/test_authority.h"

namespace sightline {
namespace {

using grade::v1::GradeService;
using process::ChildOptions;
using process::Ended;
using process::ServerProgram;
using process::ServerProgramOptions;
using testing::AnyOf;
using testing::HasSubstr;

constexpr absl::Duration kPatience = absl::Seconds(60);
// Runs as root read everything.
constexpr char kAnyFree[] = "--listen=127.0.0.1:0";

class OmrStart : public testing::Test {
 protected:
  // Runs the program to its end.
  static Ended Run(
      std::vector<std::string> arguments,
      std::vector<std::pair<std::string, std::string>> environment = {}) {
    ChildOptions options;
    options.arguments = std::move(arguments);
    options.environment = std::move(environment);
    const auto ended = process::RunToEnd("sightline-omr", options, kPatience);
    if (ended.ok()) return *ended;
    ADD_FAILURE() << ended.status();
    return {};
  }

  // Starts the server or fails the test.
  static std::unique_ptr<ServerProgram> Serve(ServerProgramOptions options) {
    auto server = ServerProgram::Start("sightline-omr", std::move(options));
    if (server.ok()) return *std::move(server);
    ADD_FAILURE() << server.status().message();
    return nullptr;
  }

  const TemporaryFolder folder_;
};

// A call that computes nothing; with a bearer token if one is given.
grpc::Status Validate(const std::shared_ptr<grpc::Channel>& channel,
                      const std::string& token = "") {
  grpc::ClientContext context;
  context.set_deadline(absl::ToChronoTime(absl::Now() + absl::Seconds(20)));
  if (!token.empty()) {
    context.AddMetadata("authorization", absl::StrCat("Bearer ", token));
  }
  grade::v1::ValidateLayoutRequest request;
  request.mutable_layout()->mutable_page()->set_width(1000);
  request.mutable_layout()->mutable_page()->set_height(1400);
  grade::v1::ValidateLayoutResponse response;
  return GradeService::NewStub(channel)->ValidateLayout(&context, request,
                                                        &response);
}

TEST_F(OmrStart, RefusesWhatCannotWorkWithOneLineAndCode2) {
  struct Case {
    std::vector<std::string> arguments;
    std::vector<std::pair<std::string, std::string>> environment;
    std::string said;
  };
  const std::string not_pem = folder_.Write("not.pem", "hello");
  const std::string empty = folder_.Write("empty", "");
  const std::vector<Case> cases = {
      {{}, {{"SIGHTLINE_MEMORY_BUDGT", "1GiB"}}, "SIGHTLINE_MEMORY_BUDGT"},
      {{}, {{"SIGHTLINE_THREADS", "some"}}, "SIGHTLINE_THREADS"},
      {{}, {{"MAX_IMAGE_DIMENSION", "big"}}, "MAX_IMAGE_DIMENSION"},
      {{}, {{"MAX_IMAGE_DIMENSION", "5"}}, "max_image_dimension"},
      {{"--no_such_flag"}, {}, "--no_such_flag"},
      {{"--threads=some"}, {}, "--threads"},
      {{"--memory_budget=12XB"}, {}, "--memory_budget"},
      {{"--memory_budget=40MiB"}, {}, "--memory_budget"},
      {{"--max_waiting"}, {}, "--max_waiting"},
      {{"stray"}, {}, "stray"},
      {{"--listen=nowhere:port"}, {}, "nowhere:port"},
      {{"--listen=unix:/no/such/folder/socket"}, {}, "/no/such/folder"},
      {{kAnyFree, "--metrics_listen=127.0.0.1:99999"}, {}, "99999"},
      {{kAnyFree, "--tls_certificate=/no/such.pem"}, {}, "--tls_key"},
      {{kAnyFree, "--tls_certificate=/no/such.pem", "--tls_key=/no/key.pem"},
       {},
       "--tls_certificate"},
      {{kAnyFree, absl::StrCat("--tls_certificate=", not_pem),
        absl::StrCat("--tls_key=", not_pem)},
       {},
       "--tls_certificate"},
      {{kAnyFree, "--token_file=/no/such/token"}, {}, "--token_file"},
      {{kAnyFree, absl::StrCat("--token_file=", empty)}, {}, "--token_file"},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.said);
    std::vector<std::string> arguments = c.arguments;
    if (arguments.empty() || arguments[0] != kAnyFree) {
      // Nothing that works by chance of a free default port.
      arguments.push_back("--metrics_listen=off");
    }
    const Ended ended = Run(arguments, c.environment);
    EXPECT_EQ(ended.code, 2) << ended.output;
    const std::vector<std::string> lines =
        absl::StrSplit(ended.output, '\n', absl::SkipEmpty());
    ASSERT_FALSE(lines.empty());
    EXPECT_THAT(lines.back(), HasSubstr("\"message\":\"cannot serve\""));
    EXPECT_THAT(lines.back(), HasSubstr(c.said));
  }
}

TEST_F(OmrStart, RefusesAPortThatIsTaken) {
  const auto first = Serve({});
  ASSERT_NE(first, nullptr);
  const Ended second = Run(
      {absl::StrCat("--listen=", first->address()), "--metrics_listen=off"});
  EXPECT_EQ(second.code, 2);
  EXPECT_THAT(second.output, HasSubstr(first->address()));
  EXPECT_THAT(second.output, HasSubstr("\"message\":\"cannot serve\""));
  EXPECT_TRUE(Validate(first->Connect()).ok()) << "the first goes on";
}

TEST_F(OmrStart, WritesEveryLineAsJson) {
  // gRPC has something to say, too, when a port is taken.
  const auto first = Serve({});
  ASSERT_NE(first, nullptr);
  const Ended second = Run(
      {absl::StrCat("--listen=", first->address()), "--metrics_listen=off"});
  EXPECT_THAT(second.output, HasSubstr("\"message\":\"grpc\""));
  for (const std::string& line : std::vector<std::string>(
           absl::StrSplit(second.output, '\n', absl::SkipEmpty()))) {
    google::protobuf::Struct object;
    EXPECT_TRUE(google::protobuf::util::JsonStringToMessage(line, &object).ok())
        << line;
  }
}

TEST_F(OmrStart, ListsItsFlagsOnHelp) {
  const Ended ended = Run({"--help"});
  EXPECT_EQ(ended.code, 0);
  for (const char* flag : {"--listen", "--metrics_listen", "--memory_budget",
                           "--threads", "--tls_certificate", "--token_file",
                           "--max_image_dimension", "--omr_batch_size"}) {
    EXPECT_THAT(ended.output, HasSubstr(absl::StrCat("\n  ", flag, "=")));
  }
  for (const std::string& line :
       std::vector<std::string>(absl::StrSplit(ended.output, '\n'))) {
    EXPECT_LE(line.size(), 80u) << line;
  }
  EXPECT_THAT(ended.output, Not(HasSubstr("flagfile"))) << "Abseil's own";
  const Ended version = Run({"--version"});
  EXPECT_EQ(version.code, 0);
  EXPECT_THAT(version.output, testing::StartsWith("sightline-omr "));
}

TEST_F(OmrStart, TakesTheMemoryGuidesNames) {
  ServerProgramOptions options;
  options.environment = {{"MEMORY_OPTIMIZATION_ENABLED", "false"},
                         {"MAX_IMAGE_DIMENSION", "1500"},
                         {"SIFT_MAX_FEATURES", "200"},
                         {"OMR_BATCH_SIZE", "10"},
                         {"ALIGNMENT_DOWNSAMPLE_SIZE", "700"}};
  const auto server = Serve(options);
  ASSERT_NE(server, nullptr);
  const std::string log = server->process().Output();
  for (const auto& [flag, value] :
       std::vector<std::pair<std::string, std::string>>{
           {"memory_optimization_enabled", "false"},
           {"max_image_dimension", "1500"},
           {"sift_max_features", "200"},
           {"omr_batch_size", "10"},
           {"alignment_downsample_size", "700"}}) {
    EXPECT_THAT(log, HasSubstr(absl::StrCat("\"flag\":\"", flag,
                                            "\",\"value\":\"", value, "\"")));
  }
}

TEST_F(OmrStart, ListensOnAUnixSocket) {
  ServerProgramOptions options;
  options.listen = absl::StrCat("unix:", folder_.Path("omr.socket"));
  const auto server = Serve(options);
  ASSERT_NE(server, nullptr);
  const grpc::Status status = Validate(server->Connect());
  EXPECT_TRUE(status.ok()) << status.error_message();
}

TEST_F(OmrStart, LetsInWhoeverHasTheToken) {
  ServerProgramOptions options;
  options.flags = {
      absl::StrCat("--token_file=", folder_.Write("token", "s3cret\n"))};
  const auto server = Serve(options);
  ASSERT_NE(server, nullptr);
  EXPECT_TRUE(Validate(server->Connect(), "s3cret").ok());
  for (const char* token : {"", "s3cre", "s3crets"}) {
    EXPECT_EQ(Validate(server->Connect(), token).error_code(),
              grpc::StatusCode::UNAUTHENTICATED)
        << token;
  }
  EXPECT_THAT(server->process().Output(), Not(HasSubstr("s3cret")));
}

TEST_F(OmrStart, ServesTls) {
  const TestAuthority authority;
  const Identity identity = authority.Issue();
  ServerProgramOptions options;
  options.flags = {
      absl::StrCat("--tls_certificate=",
                   folder_.Write("server.pem", identity.certificate)),
      absl::StrCat("--tls_key=", folder_.Write("server.key", identity.key))};
  grpc::SslCredentialsOptions client;
  client.pem_root_certs = authority.certificate();
  options.credentials = grpc::SslCredentials(client);
  const auto server = Serve(options);
  ASSERT_NE(server, nullptr);
  EXPECT_TRUE(Validate(server->Connect()).ok());
  const auto plain = grpc::CreateChannel(server->address(),
                                         grpc::InsecureChannelCredentials());
  EXPECT_EQ(Validate(plain).error_code(), grpc::StatusCode::UNAVAILABLE);
  grpc::SslCredentialsOptions stranger;
  stranger.pem_root_certs = TestAuthority().certificate();
  const auto distrustful =
      grpc::CreateChannel(server->address(), grpc::SslCredentials(stranger));
  EXPECT_EQ(Validate(distrustful).error_code(), grpc::StatusCode::UNAVAILABLE);
}

TEST_F(OmrStart, AsksClientsForACertificate) {
  const TestAuthority authority;
  const TestAuthority clients;
  const Identity identity = authority.Issue();
  const Identity known = clients.Issue({.common_name = "known"});
  const Identity stranger = authority.Issue({.common_name = "stranger"});
  ServerProgramOptions options;
  options.flags = {
      absl::StrCat("--tls_certificate=",
                   folder_.Write("server.pem", identity.certificate)),
      absl::StrCat("--tls_key=", folder_.Write("server.key", identity.key)),
      absl::StrCat("--tls_client_ca=",
                   folder_.Write("clients.pem", clients.certificate()))};
  grpc::SslCredentialsOptions client;
  client.pem_root_certs = authority.certificate();
  client.pem_cert_chain = known.certificate;
  client.pem_private_key = known.key;
  options.credentials = grpc::SslCredentials(client);
  const auto server = Serve(options);
  ASSERT_NE(server, nullptr);
  EXPECT_TRUE(Validate(server->Connect()).ok());

  grpc::SslCredentialsOptions without;
  without.pem_root_certs = authority.certificate();
  grpc::SslCredentialsOptions wrong = without;
  wrong.pem_cert_chain = stranger.certificate;
  wrong.pem_private_key = stranger.key;
  for (const grpc::SslCredentialsOptions& other : {without, wrong}) {
    const auto channel =
        grpc::CreateChannel(server->address(), grpc::SslCredentials(other));
    EXPECT_EQ(Validate(channel).error_code(), grpc::StatusCode::UNAVAILABLE);
  }
}

}  // namespace
}  // namespace sightline
