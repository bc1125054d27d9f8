// sightline-grade with its align service elsewhere, behind TLS and a token.
#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/status/error.h"
#include "common/status/grpc_status.h"
#include "sightline/grade/v1/grade.grpc.pb.h"
#include "tests/support/files/temporary_folder.h"
#include "tests/support/process/server_program.h"
#include "tests/support/sheets/sheet_batch.h"
#include "tests/unit/common/credentials/test_authority.h"

namespace sightline {
namespace {

using grade::v1::GradeService;
using grade::v1::GradeSheetResponse;
using process::ServerProgram;
using process::ServerProgramOptions;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class RemoteAlign : public testing::Test {
 protected:
  // An align service that asks for a token and a certificate of `clients_`.
  void SetUp() override {
    const auto sheets = sheets::SheetBatch::Make(1, /*seed=*/31);
    ASSERT_TRUE(sheets.ok()) << sheets.status();
    sheets_ = std::make_unique<sheets::SheetBatch>(*sheets);
    const Identity server = authority_.Issue();
    const Identity client = clients_.Issue({.common_name = "grade"});
    folder_.Write("ca.pem", authority_.certificate());
    folder_.Write("grade.pem", client.certificate);
    folder_.Write("grade.key", client.key);
    folder_.Write("token", "s3cret");
    ServerProgramOptions options;
    options.flags = {
        absl::StrCat("--tls_certificate=",
                     folder_.Write("align.pem", server.certificate)),
        absl::StrCat("--tls_key=", folder_.Write("align.key", server.key)),
        absl::StrCat("--tls_client_ca=",
                     folder_.Write("clients.pem", clients_.certificate())),
        absl::StrCat("--token_file=", folder_.Path("token")), "--predrain=0s"};
    grpc::SslCredentialsOptions ssl;
    ssl.pem_root_certs = authority_.certificate();
    ssl.pem_cert_chain = client.certificate;
    ssl.pem_private_key = client.key;
    options.credentials = grpc::SslCredentials(ssl);
    auto align = ServerProgram::Start("sightline-align", std::move(options));
    ASSERT_TRUE(align.ok()) << align.status().message();
    align_ = *std::move(align);
  }

  // Flags that name the files written above, "tls_ca" by "ca.pem" and so on.
  std::vector<std::string> Flags(
      const std::vector<std::pair<std::string, std::string>>& files) const {
    std::vector<std::string> flags = {
        absl::StrCat("--align_address=", align_->address()), "--predrain=0s"};
    for (const auto& [flag, file] : files) {
      flags.push_back(absl::StrCat("--align_", flag, "=", folder_.Path(file)));
    }
    return flags;
  }

  std::unique_ptr<ServerProgram> StartGrade(std::vector<std::string> flags) {
    ServerProgramOptions options;
    options.flags = std::move(flags);
    auto grade = ServerProgram::Start("sightline-grade", std::move(options));
    if (grade.ok()) return *std::move(grade);
    ADD_FAILURE() << grade.status().message();
    return nullptr;
  }

  // Has a sheet graded; a wrong reading is Internal.
  absl::Status Grade(const ServerProgram& grade) {
    grpc::ClientContext context;
    context.set_deadline(absl::ToChronoTime(absl::Now() + absl::Minutes(1)));
    GradeSheetResponse response;
    const grpc::Status status =
        GradeService::NewStub(grade.Connect())
            ->GradeSheet(&context, sheets_->request(0), &response);
    if (!status.ok()) return FromGrpcStatus(status);
    const std::string mistakes = sheets_->Mistakes(0, response);
    return mistakes.empty() ? absl::OkStatus() : absl::InternalError(mistakes);
  }

  const TemporaryFolder folder_;
  const TestAuthority authority_, clients_;
  std::unique_ptr<sheets::SheetBatch> sheets_;
  std::unique_ptr<ServerProgram> align_;
};

TEST_F(RemoteAlign, IsReachedWithTlsCertificateAndToken) {
  const auto grade = StartGrade(Flags({{"tls_ca", "ca.pem"},
                                       {"tls_cert", "grade.pem"},
                                       {"tls_key", "grade.key"},
                                       {"token_file", "token"}}));
  ASSERT_NE(grade, nullptr);
  EXPECT_EQ(Grade(*grade), absl::OkStatus());

  // A new token on both sides, without a restart. Both look at the file within
  // a second, not in the same moment.
  folder_.Write("token", "replaced");
  absl::SleepFor(absl::Milliseconds(1100));
  const absl::Time end = absl::Now() + absl::Seconds(30);
  absl::Status status = Grade(*grade);
  while (absl::IsUnavailable(status) && absl::Now() < end) {
    absl::SleepFor(absl::Milliseconds(200));
    status = Grade(*grade);
  }
  EXPECT_EQ(status, absl::OkStatus());
  EXPECT_THAT(grade->process().Output(),
              AllOf(HasSubstr("new token"), Not(HasSubstr("s3cret")),
                    Not(HasSubstr("replaced\""))));
}

TEST_F(RemoteAlign, IsUnavailableToThoseItDoesNotKnow) {
  folder_.Write("wrong_token", "guess");
  folder_.Write("other_ca.pem", TestAuthority().certificate());
  struct Case {
    std::vector<std::pair<std::string, std::string>> files;
    std::string said;
  };
  const Case cases[] = {
      {{{"tls_ca", "ca.pem"},
        {"tls_cert", "grade.pem"},
        {"tls_key", "grade.key"}},
       "--align_token_file"},
      {{{"tls_ca", "ca.pem"},
        {"tls_cert", "grade.pem"},
        {"tls_key", "grade.key"},
        {"token_file", "wrong_token"}},
       "--align_token_file"},
      {{{"tls_ca", "ca.pem"}, {"token_file", "token"}}, "--align_address"},
      {{{"tls_ca", "other_ca.pem"},
        {"tls_cert", "grade.pem"},
        {"tls_key", "grade.key"},
        {"token_file", "token"}},
       "--align_address"},
      {{{"token_file", "token"}}, "--align_address"},
  };
  for (const Case& c : cases) {
    const auto grade = StartGrade(Flags(c.files));
    ASSERT_NE(grade, nullptr);
    const absl::Status status = Grade(*grade);
    EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
    const auto details = DetailsOf(status);
    ASSERT_TRUE(details.has_value()) << status;
    EXPECT_EQ(details->reason, "ALIGN_UNAVAILABLE");
    EXPECT_THAT(std::string(status.message()), HasSubstr(c.said));
  }
}

TEST_F(RemoteAlign, StopsGradeAtItsStartIfItsFlagsCannotWork) {
  const std::string token =
      absl::StrCat("--align_token_file=", folder_.Path("token"));
  const std::string cert =
      absl::StrCat("--align_tls_cert=", folder_.Path("grade.pem"));
  const std::string key =
      absl::StrCat("--align_tls_key=", folder_.Path("grade.key"));
  const std::string ca =
      absl::StrCat("--align_tls_ca=", folder_.Path("ca.pem"));
  const std::string elsewhere = "--align_address=align.example.org:50051";
  const std::pair<std::vector<std::string>, std::string> cases[] = {
      {{cert, key}, "need --align_tls_ca"},
      {{"--align_tls_name=align"}, "need --align_tls_ca"},
      {{ca, cert}, "belong together"},
      {{ca, key}, "belong together"},
      {{"--align_tls_ca=/no/such.pem"}, "--align_tls_ca such.pem"},
      {{"--align_token_file=/no/such"}, "--align_token_file such"},
      {{elsewhere, token}, "unencrypted to align.example.org:50051"},
  };
  for (const auto& [flags, said] : cases) {
    process::ChildOptions options;
    options.arguments = flags;
    options.arguments.push_back("--metrics_listen=off");
    options.arguments.push_back("--listen=127.0.0.1:0");
    const auto ended = process::RunToEnd("sightline-grade", options);
    ASSERT_TRUE(ended.ok()) << ended.status();
    EXPECT_EQ(ended->code, 2);
    EXPECT_THAT(ended->output,
                AllOf(HasSubstr("cannot serve"), HasSubstr(said)));
  }
}

}  // namespace
}  // namespace sightline
