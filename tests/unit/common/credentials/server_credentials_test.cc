// MakeServerCredentials(), over real connections.
#include "common/credentials/server_credentials.h"

#include <gmock/gmock.h>
#include <grpcpp/channel.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>
#include <gtest/gtest.h>

#include <mutex>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/credentials/reasons.h"
#include "common/observe/log.h"
#include "common/status/error.h"
#include "tests/support/files/temporary_folder.h"
#include "tests/unit/common/credentials/test_authority.h"
#include "tests/unit/common/credentials/who_am_i.h"

namespace sightline {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

class ServerCredentialsTest : public ::testing::Test {
 protected:
  ServerCredentialsTest() {
    WriteIdentity(authority_.Issue({.common_name = "server 1",
                                    .valid_from_seconds = -3600,
                                    .valid_to_seconds = 3600,
                                    .key_kind = KeyKind::kEllipticCurve}));
  }
  ~ServerCredentialsTest() override {
    if (server_ != nullptr) server_->Shutdown();
  }

  static CertificateRequest Named(const std::string& name) {
    CertificateRequest request;
    request.common_name = name;
    return request;
  }

  void WriteIdentity(const Identity& identity) {
    files_.certificate = folder_.Write("server.pem", identity.certificate);
    files_.key = folder_.Write("server.key", identity.key);
  }

  void Start(const std::optional<TlsFiles>& files) {
    absl::StatusOr<std::shared_ptr<grpc::ServerCredentials>> credentials =
        MakeServerCredentials(files);
    ASSERT_TRUE(credentials.ok()) << credentials.status();
    grpc::ServerBuilder builder;
    builder.AddListeningPort("127.0.0.1:0", *credentials, &port_);
    builder.RegisterCallbackGenericService(&service_);
    server_ = builder.BuildAndStart();
    ASSERT_NE(server_, nullptr);
    ASSERT_GT(port_, 0);
  }

  std::shared_ptr<grpc::Channel> Connect(
      const std::shared_ptr<grpc::ChannelCredentials>& credentials) const {
    grpc::ChannelArguments arguments;
    // Own connections: channels to the same address would share one.
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
    return grpc::CreateCustomChannel(absl::StrCat("127.0.0.1:", port_),
                                     credentials, arguments);
  }

  static Answer Call(const std::shared_ptr<grpc::Channel>& channel) {
    grpc::ClientContext context;
    return AskWhoAmI(channel, context);
  }

  // A call on a connection of its own.
  Answer CallWith(const grpc::SslCredentialsOptions& options) const {
    return Call(Connect(grpc::SslCredentials(options)));
  }

  grpc::SslCredentialsOptions Trusting(const TestAuthority& authority) const {
    grpc::SslCredentialsOptions options;
    options.pem_root_certs = authority.certificate();
    return options;
  }

  // Calls anew until the server shows `name`, at most 15 seconds.
  Answer CallUntilServerIs(const std::string& name) const {
    const absl::Time give_up = absl::Now() + absl::Seconds(15);
    Answer answer;
    do {
      answer = CallWith(Trusting(authority_));
      if (answer.server_name == name) break;
      absl::SleepFor(absl::Milliseconds(100));
    } while (absl::Now() < give_up);
    return answer;
  }

  const TemporaryFolder folder_;
  const TestAuthority authority_;
  TlsFiles files_;
  WhoAmI service_;
  int port_ = 0;
  std::unique_ptr<grpc::Server> server_;
};

TEST_F(ServerCredentialsTest, ServesWithoutTlsForNullopt) {
  Start(std::nullopt);
  const Answer answer = Call(Connect(grpc::InsecureChannelCredentials()));
  EXPECT_TRUE(answer.status.ok()) << answer.status.error_message();
  EXPECT_EQ(answer.text, "nobody");
}

TEST_F(ServerCredentialsTest, ServesTlsToThoseWhoTrustIt) {
  Start(files_);
  const Answer answer = CallWith(Trusting(authority_));
  EXPECT_TRUE(answer.status.ok()) << answer.status.error_message();
  EXPECT_EQ(answer.text, "nobody");
  EXPECT_EQ(answer.server_name, "server 1");
  const TestAuthority stranger;
  EXPECT_EQ(CallWith(Trusting(stranger)).status.error_code(),
            grpc::StatusCode::UNAVAILABLE);
  EXPECT_EQ(
      Call(Connect(grpc::InsecureChannelCredentials())).status.error_code(),
      grpc::StatusCode::UNAVAILABLE);
}

TEST_F(ServerCredentialsTest, RefusesFilesOnWhichNoHandshakeWouldSucceed) {
  TlsFiles missing = files_;
  missing.key = folder_.Path("missing.key");
  EXPECT_EQ(DetailsOf(MakeServerCredentials(missing).status())->reason,
            kReasonCredentialFileUnreadable);
}

TEST_F(ServerCredentialsTest, ServesARenewedCertificateWithoutRestart) {
  Start(files_);
  const std::shared_ptr<grpc::Channel> before =
      Connect(grpc::SslCredentials(Trusting(authority_)));
  ASSERT_EQ(Call(before).server_name, "server 1");
  WriteIdentity(authority_.Issue(Named("server 2")));
  const Answer renewed = CallUntilServerIs("server 2");
  EXPECT_TRUE(renewed.status.ok()) << renewed.status.error_message();
  EXPECT_EQ(renewed.server_name, "server 2");
  // The connection that existed goes on.
  const Answer kept = Call(before);
  EXPECT_TRUE(kept.status.ok()) << kept.status.error_message();
  EXPECT_EQ(kept.server_name, "server 1");
}

TEST_F(ServerCredentialsTest, KeepsTheOldCertificateWhileTheNewIsUnusable) {
  std::mutex mutex;
  std::vector<std::string> log;
  SetLogSink([&](absl::string_view line) {
    std::lock_guard<std::mutex> lock(mutex);
    log.push_back(std::string(line));
  });
  Start(files_);
  ASSERT_EQ(CallWith(Trusting(authority_)).server_name, "server 1");
  // A new certificate whose key is not there yet, garbage, nothing at all.
  for (const std::string& content :
       {authority_.Issue(Named("server 2")).certificate, std::string("garbage"),
        std::string()}) {
    folder_.Write("server.pem", content);
    absl::SleepFor(absl::Milliseconds(1200));
    const Answer answer = CallWith(Trusting(authority_));
    EXPECT_TRUE(answer.status.ok())
        << content.substr(0, 30) << ": " << answer.status.error_message();
    EXPECT_EQ(answer.server_name, "server 1");
  }
  WriteIdentity(authority_.Issue(Named("server 3")));
  EXPECT_EQ(CallUntilServerIs("server 3").server_name, "server 3");
  SetLogSink(nullptr);
  // Once, though every connection met it.
  ASSERT_EQ(log.size(), 2u);
  EXPECT_THAT(log[0], AllOf(HasSubstr("not usable"), HasSubstr("server.key")));
  EXPECT_THAT(log[1], HasSubstr("renewed"));
}

TEST_F(ServerCredentialsTest, MutualTlsNeedsAClientCertificate) {
  const TestAuthority clients, others;
  files_.client_ca = folder_.Write("clients.pem", clients.certificate());
  Start(files_);
  const auto with = [&](const Identity& identity) {
    grpc::SslCredentialsOptions options = Trusting(authority_);
    options.pem_cert_chain = identity.certificate;
    options.pem_private_key = identity.key;
    return CallWith(options);
  };
  const Answer welcome = with(clients.Issue(Named("client 1")));
  EXPECT_TRUE(welcome.status.ok()) << welcome.status.error_message();
  EXPECT_EQ(welcome.text, "client 1");
  EXPECT_EQ(CallWith(Trusting(authority_)).status.error_code(),
            grpc::StatusCode::UNAVAILABLE);
  EXPECT_EQ(with(others.Issue(Named("client 2"))).status.error_code(),
            grpc::StatusCode::UNAVAILABLE);
  CertificateRequest expired = Named("client 3");
  expired.valid_to_seconds = -10;
  EXPECT_EQ(with(clients.Issue(expired)).status.error_code(),
            grpc::StatusCode::UNAVAILABLE);
}

TEST_F(ServerCredentialsTest, MutualTlsFollowsItsAuthorities) {
  const TestAuthority former, present;
  files_.client_ca = folder_.Write("clients.pem", former.certificate());
  Start(files_);
  const auto call_as = [&](const TestAuthority& authority) {
    const Identity identity = authority.Issue(Named("client"));
    grpc::SslCredentialsOptions options = Trusting(authority_);
    options.pem_cert_chain = identity.certificate;
    options.pem_private_key = identity.key;
    return CallWith(options).status;
  };
  ASSERT_TRUE(call_as(former).ok());
  ASSERT_FALSE(call_as(present).ok());
  folder_.Write("clients.pem", present.certificate());
  const absl::Time give_up = absl::Now() + absl::Seconds(15);
  while (!call_as(present).ok() && absl::Now() < give_up) {
    absl::SleepFor(absl::Milliseconds(100));
  }
  EXPECT_TRUE(call_as(present).ok());
  EXPECT_FALSE(call_as(former).ok());
}

}  // namespace
}  // namespace sightline
