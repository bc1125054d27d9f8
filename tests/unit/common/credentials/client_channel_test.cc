// ClientChannel, over real connections.
#include "common/credentials/client_channel.h"

#include <gmock/gmock.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/credentials/reasons.h"
#include "common/credentials/server_credentials.h"
#include "common/observe/log.h"
#include "common/status/error.h"
#include "tests/support/files/temporary_folder.h"
#include "tests/unit/common/credentials/test_authority.h"
#include "tests/unit/common/credentials/who_am_i.h"

namespace sightline {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

class ClientChannelTest : public ::testing::Test {
 protected:
  ClientChannelTest() {
    SetLogSink(
        [this](absl::string_view line) { log_.push_back(std::string(line)); });
    security_.flag_prefix = "--align_";
  }
  ~ClientChannelTest() override {
    SetLogSink(nullptr);
    if (server_ != nullptr) server_->Shutdown();
  }

  void Start(const std::shared_ptr<grpc::ServerCredentials>& credentials) {
    grpc::ServerBuilder builder;
    builder.AddListeningPort("127.0.0.1:0", credentials, &port_);
    builder.RegisterCallbackGenericService(&service_);
    server_ = builder.BuildAndStart();
    ASSERT_NE(server_, nullptr);
  }
  void StartPlain() { Start(grpc::InsecureServerCredentials()); }
  // Asks clients for a certificate of `clients_`.
  void StartMutual() {
    const Identity identity = authority_.Issue();
    const auto credentials = MakeServerCredentials(
        TlsFiles{folder_.Write("server.pem", identity.certificate),
                 folder_.Write("server.key", identity.key),
                 folder_.Write("clients.pem", clients_.certificate())});
    ASSERT_TRUE(credentials.ok()) << credentials.status();
    Start(*credentials);
  }
  void WriteClient(const std::string& name) {
    CertificateRequest request;
    request.common_name = name;
    const Identity identity = clients_.Issue(request);
    security_.tls_cert = folder_.Write("client.pem", identity.certificate);
    security_.tls_key = folder_.Write("client.key", identity.key);
  }

  absl::StatusOr<ClientChannel> Open() const {
    grpc::ChannelArguments arguments;
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
    return ClientChannel::Open(absl::StrCat("127.0.0.1:", port_), security_,
                               arguments);
  }
  // What the server answers, or the failure.
  static std::string Ask(const ClientChannel& client,
                         absl::Time now = absl::Now()) {
    grpc::ClientContext context;
    const auto channel = client.Prepare(context, now);
    const Answer answer = AskWhoAmI(channel, context);
    return answer.status.ok()
               ? answer.text
               : absl::StrCat("code ", answer.status.error_code());
  }
  std::string AskAfresh() const {
    const auto client = Open();
    return client.ok() ? Ask(*client) : client.status().ToString();
  }

  const TemporaryFolder folder_;
  const TestAuthority authority_, clients_;
  ClientSecurity security_;
  WhoAmI service_;
  int port_ = 0;
  std::unique_ptr<grpc::Server> server_;
  std::vector<std::string> log_;
};

TEST_F(ClientChannelTest, GoesPlainAndNamelessByDefault) {
  StartPlain();
  EXPECT_EQ(AskAfresh(), "nobody");
}

TEST_F(ClientChannelTest, SendsTheTokenWithEveryCall) {
  StartPlain();
  security_.token_file = folder_.Write("token", " s3cret\n");
  const auto client = Open();
  ASSERT_TRUE(client.ok()) << client.status();
  EXPECT_EQ(Ask(*client), "nobody Bearer s3cret");
  EXPECT_EQ(Ask(*client), "nobody Bearer s3cret");
}

TEST_F(ClientChannelTest, TrustsOnlyTheAuthoritiesItWasGiven) {
  StartMutual();
  WriteClient("client 1");
  security_.tls_ca = folder_.Write("ca.pem", authority_.certificate());
  security_.token_file = folder_.Write("token", "s3cret");
  EXPECT_EQ(AskAfresh(), "client 1 Bearer s3cret");
  security_.tls_name = "example.org";
  EXPECT_EQ(AskAfresh(), "code 14") << "the certificate has another name";
  security_.tls_name = "localhost";
  EXPECT_EQ(AskAfresh(), "client 1 Bearer s3cret");
  security_.tls_ca = folder_.Write("ca.pem", TestAuthority().certificate());
  EXPECT_EQ(AskAfresh(), "code 14");
}

TEST_F(ClientChannelTest, RefusesWhatCannotWork) {
  const std::string pem = folder_.Write("own.pem", authority_.certificate());
  const std::string key = folder_.Write("own.key", authority_.Issue().key);
  const std::string text = folder_.Write("text", "no certificate");
  const std::string words = folder_.Write("words", "two words");
  const std::string exposed =
      folder_.Write("exposed", "secret", std::filesystem::perms(0620));
  struct Case {
    std::string ca, cert, key, token;
    std::string reason;
    std::string said;
  };
  const Case cases[] = {
      {"", pem, "", "", kReasonTlsFilesIncomplete,
       "--align_tls_cert and --align_tls_key belong together"},
      {"", "", key, "", kReasonTlsFilesIncomplete, "--align_tls_cert"},
      {"none", "", "", "", kReasonCredentialFileUnreadable,
       "--align_tls_ca none: can't be opened"},
      {text, "", "", "", kReasonTlsFileInvalid,
       "--align_tls_ca text: holds no certificate"},
      {pem, text, key, "", kReasonTlsFileInvalid, "--align_tls_cert text: "},
      {pem, pem, text, "", kReasonTlsFileInvalid, "--align_tls_key text: "},
      {pem, pem, key, "", kReasonTlsKeyMismatch, "--align_tls_key own.key: "},
      {"", "", "", "none", kReasonCredentialFileUnreadable,
       "--align_token_file none: "},
      {"", "", "", words, kReasonTokenFileInvalid,
       "--align_token_file words: "},
      {"", "", "", exposed, kReasonCredentialFileExposed,
       "--align_token_file exposed: "},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.said);
    security_.tls_ca = c.ca;
    security_.tls_cert = c.cert;
    security_.tls_key = c.key;
    security_.token_file = c.token;
    const absl::Status status = Open().status();
    ASSERT_FALSE(status.ok());
    EXPECT_EQ(DetailsOf(status)->reason, c.reason);
    EXPECT_THAT(std::string(status.message()),
                AllOf(HasSubstr(c.said), Not(HasSubstr(folder_.Path()))));
  }
}

TEST_F(ClientChannelTest, SendsNoTokenInTheClearToAnotherMachine) {
  security_.token_file = folder_.Write("token", "s3cret");
  const auto reason_at = [this](const std::string& address) -> std::string {
    const absl::Status status =
        ClientChannel::Open(address, security_).status();
    return status.ok() ? "" : DetailsOf(status)->reason;
  };
  for (const char* address : {"localhost:50051", "127.1.2.3:4", "[::1]:50051",
                              "unix:/run/align", "dns:///localhost:1"}) {
    EXPECT_EQ(reason_at(address), "") << address;
  }
  for (const char* address :
       {"align:50051", "dns:///align:50051", "10.0.0.1:50051",
        "127.0.0.1.example.org:1", "localhost.example.org:1", ""}) {
    EXPECT_EQ(reason_at(address), kReasonTokenWouldLeak) << address;
  }
  security_.allow_plaintext_token = true;
  EXPECT_EQ(reason_at("align:50051"), "");
  security_.allow_plaintext_token = false;
  security_.tls = true;
  EXPECT_EQ(reason_at("align:50051"), "");
}

TEST_F(ClientChannelTest, FollowsItsFiles) {
  StartMutual();
  WriteClient("client 1");
  security_.tls_ca = folder_.Write("ca.pem", authority_.certificate());
  security_.token_file = folder_.Write("token", "first");
  security_.follow_files = true;
  const auto client = Open();
  ASSERT_TRUE(client.ok()) << client.status();
  absl::Time now = absl::Now();
  EXPECT_EQ(Ask(*client, now), "client 1 Bearer first");
  EXPECT_THAT(log_, IsEmpty());

  WriteClient("client 2");
  folder_.Write("token", "second");
  EXPECT_EQ(Ask(*client, now + absl::Milliseconds(999)),
            "client 1 Bearer first")
      << "not looked at again within the second";
  now += absl::Seconds(2);
  EXPECT_EQ(Ask(*client, now), "client 2 Bearer second");
  EXPECT_THAT(log_, ElementsAre(HasSubstr("new token"),
                                HasSubstr("renewed TLS files")));
  log_.clear();

  // A new certificate whose key is not there yet, and an empty token.
  const Identity third = clients_.Issue();
  folder_.Write("client.pem", third.certificate);
  folder_.Write("token", "");
  for (int i = 0; i < 3; ++i) {
    now += absl::Seconds(2);
    EXPECT_EQ(Ask(*client, now), "client 2 Bearer second");
  }
  EXPECT_THAT(log_,
              ElementsAre(AllOf(HasSubstr("\"ERROR\""), HasSubstr("token")),
                          AllOf(HasSubstr("\"ERROR\""),
                                HasSubstr("--align_tls_key client.key"))));
  folder_.Write("client.key", third.key);
  folder_.Write("token", "third");
  EXPECT_EQ(Ask(*client, now + absl::Seconds(2)), "localhost Bearer third");
}

TEST_F(ClientChannelTest, ReadsItsFilesOnceUnlessToldToFollowThem) {
  StartPlain();
  security_.token_file =
      folder_.Write("token", "first", std::filesystem::perms(0644));
  const auto client = Open();
  ASSERT_TRUE(client.ok()) << client.status();
  folder_.Write("token", "second");
  EXPECT_EQ(Ask(*client, absl::Now() + absl::Seconds(5)),
            "nobody Bearer first");
  EXPECT_THAT(log_, IsEmpty());
}

TEST_F(ClientChannelTest, WarnsAServerOfATokenThatOthersMayRead) {
  security_.token_file =
      folder_.Write("token", "first", std::filesystem::perms(0644));
  security_.follow_files = true;
  EXPECT_TRUE(Open().ok());
  EXPECT_THAT(log_, ElementsAre(AllOf(HasSubstr("\"WARNING\""),
                                      HasSubstr("--align_token_file"))));
}

TEST_F(ClientChannelTest, TakesAChannelThatExists) {
  StartPlain();
  const ClientChannel client = grpc::CreateChannel(
      absl::StrCat("127.0.0.1:", port_), grpc::InsecureChannelCredentials());
  EXPECT_EQ(Ask(client), "nobody");
}

}  // namespace
}  // namespace sightline
