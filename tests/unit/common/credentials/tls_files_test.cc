// CheckTlsFiles(), CertificateExpiry() and IsLoopback().
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <string>

#include "absl/strings/match.h"
#include "common/credentials/reasons.h"
#include "common/credentials/server_credentials.h"
#include "common/status/error.h"
#include "tests/support/files/temporary_folder.h"
#include "tests/unit/common/credentials/test_authority.h"

namespace sightline {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

class TlsFilesTest : public ::testing::Test {
 protected:
  TlsFilesTest() : identity_(authority_.Issue()) {
    files_.certificate = folder_.Write("server.pem", identity_.certificate);
    files_.key = folder_.Write("server.key", identity_.key);
    files_.client_ca = folder_.Write("clients.pem", authority_.certificate());
  }

  // Expects a failure that a person can act on.
  void ExpectRefused(const char* reason, const std::string& flag,
                     const std::string& file, const std::string& saying) {
    const absl::Status status = CheckTlsFiles(files_);
    ASSERT_EQ(status.code(), absl::StatusCode::kFailedPrecondition) << status;
    EXPECT_EQ(DetailsOf(status)->reason, reason);
    EXPECT_EQ(DetailsOf(status)->precondition->subject, flag);
    EXPECT_THAT(std::string(status.message()),
                AllOf(HasSubstr(flag), HasSubstr(file), HasSubstr(saying),
                      Not(HasSubstr(folder_.Path()))));
  }

  const TemporaryFolder folder_;
  const TestAuthority authority_;
  const Identity identity_;
  TlsFiles files_;
};

TEST_F(TlsFilesTest, AcceptsMatchingFiles) {
  EXPECT_TRUE(CheckTlsFiles(files_).ok()) << CheckTlsFiles(files_);
  files_.client_ca.clear();
  EXPECT_TRUE(CheckTlsFiles(files_).ok());
}

TEST_F(TlsFilesTest, AcceptsAChainAndTextAroundIt) {
  folder_.Write("server.pem", "subject=server\n" + identity_.certificate +
                                  "\nissuer\n" + authority_.certificate() +
                                  "end\n");
  EXPECT_TRUE(CheckTlsFiles(files_).ok()) << CheckTlsFiles(files_);
}

TEST_F(TlsFilesTest, RefusesFilesThatCantBeRead) {
  const std::string good = files_.certificate;
  files_.certificate = folder_.Path("missing.pem");
  ExpectRefused(kReasonCredentialFileUnreadable, kTlsCertificateFlag,
                "missing.pem", "No such file");
  files_.certificate = "";
  ExpectRefused(kReasonCredentialFileUnreadable, kTlsCertificateFlag, "",
                "no file is named");
  files_.certificate = folder_.Path();
  ExpectRefused(kReasonCredentialFileUnreadable, kTlsCertificateFlag, "",
                "not a regular file");
  files_.certificate = folder_.Path("pipe");
  ASSERT_EQ(mkfifo(files_.certificate.c_str(), 0600), 0);
  ExpectRefused(kReasonCredentialFileUnreadable, kTlsCertificateFlag, "pipe",
                "not a regular file");
  files_.certificate = folder_.Write("empty.pem", "");
  ExpectRefused(kReasonCredentialFileUnreadable, kTlsCertificateFlag,
                "empty.pem", "is empty");
  files_.certificate =
      folder_.Write("large.pem", std::string(1024 * 1024 + 1, '\n'));
  ExpectRefused(kReasonCredentialFileUnreadable, kTlsCertificateFlag,
                "large.pem", "larger than");
  files_.certificate = good;
  files_.key = folder_.Path("missing.key");
  ExpectRefused(kReasonCredentialFileUnreadable, kTlsKeyFlag, "missing.key",
                "No such file");
  files_.key = folder_.Write("server.key", identity_.key);
  files_.client_ca = folder_.Path("missing_ca.pem");
  ExpectRefused(kReasonCredentialFileUnreadable, kTlsClientCaFlag,
                "missing_ca.pem", "No such file");
}

TEST_F(TlsFilesTest, RefusesAFileItMayNotRead) {
  if (geteuid() == 0) GTEST_SKIP() << "root may read everything";
  folder_.Write("server.key", identity_.key, std::filesystem::perms::none);
  ExpectRefused(kReasonCredentialFileUnreadable, kTlsKeyFlag, "server.key",
                "Permission denied");
}

TEST_F(TlsFilesTest, RefusesAKeyThatOthersCanReplace) {
  for (const auto mode : {std::filesystem::perms::group_write,
                          std::filesystem::perms::others_write}) {
    folder_.Write("server.key", identity_.key,
                  mode | std::filesystem::perms::owner_read);
    ExpectRefused(kReasonCredentialFileExposed, kTlsKeyFlag, "server.key",
                  "chmod go-w");
  }
}

TEST_F(TlsFilesTest, RefusesWhatIsNotPem) {
  for (const std::string& garbage :
       {std::string("garbage"), std::string(3000, '\0'), identity_.key}) {
    folder_.Write("server.pem", garbage);
    ExpectRefused(kReasonTlsFileInvalid, kTlsCertificateFlag, "server.pem",
                  "no certificate in PEM form");
  }
  std::string damaged = identity_.certificate;
  damaged.replace(100, 8, "********");
  folder_.Write("server.pem", damaged);
  ExpectRefused(kReasonTlsFileInvalid, kTlsCertificateFlag, "server.pem",
                "certificate 1 is damaged");
  folder_.Write("server.pem", identity_.certificate.substr(
                                  0, identity_.certificate.size() / 2));
  ExpectRefused(kReasonTlsFileInvalid, kTlsCertificateFlag, "server.pem",
                "certificate 1 is damaged");
  folder_.Write("server.pem", identity_.certificate + damaged);
  ExpectRefused(kReasonTlsFileInvalid, kTlsCertificateFlag, "server.pem",
                "certificate 2 is damaged");
  folder_.Write("server.pem", identity_.certificate);
  folder_.Write("server.key", identity_.certificate);
  ExpectRefused(kReasonTlsFileInvalid, kTlsKeyFlag, "server.key",
                "no usable private key");
  folder_.Write("server.key", identity_.key);
  folder_.Write("clients.pem", "nobody");
  ExpectRefused(kReasonTlsFileInvalid, kTlsClientCaFlag, "clients.pem",
                "no certificate in PEM form");
}

TEST_F(TlsFilesTest, RefusesAKeyWithAPassphraseWithoutAskingForIt) {
  folder_.Write("server.key", TestAuthority::EncryptedKey());
  ExpectRefused(kReasonTlsFileInvalid, kTlsKeyFlag, "server.key",
                "has a passphrase");
}

TEST_F(TlsFilesTest, RefusesAnotherCertificatesKey) {
  folder_.Write("server.key", authority_.Issue().key);
  ExpectRefused(kReasonTlsKeyMismatch, kTlsKeyFlag, "server.key",
                "first certificate in server.pem");
}

TEST_F(TlsFilesTest, RefusesAChainInTheWrongOrder) {
  folder_.Write("server.pem", authority_.certificate() + identity_.certificate);
  ExpectRefused(kReasonTlsKeyMismatch, kTlsKeyFlag, "server.key",
                "must come first");
}

TEST_F(TlsFilesTest, RefusesExpiredAndFutureCertificates) {
  const auto replace = [this](const CertificateRequest& request) {
    const Identity identity = authority_.Issue(request);
    folder_.Write("server.pem", identity.certificate);
    folder_.Write("server.key", identity.key);
  };
  CertificateRequest request;
  request.valid_to_seconds = -10;
  replace(request);
  ExpectRefused(kReasonTlsCertificateExpired, kTlsCertificateFlag, "server.pem",
                "certificate 1 expired at 20");
  request.valid_from_seconds = 600;
  request.valid_to_seconds = 3600;
  replace(request);
  ExpectRefused(kReasonTlsCertificateExpired, kTlsCertificateFlag, "server.pem",
                "certificate 1 is not valid before 20");
}

TEST_F(TlsFilesTest, RefusesAnExpiredIntermediateCertificate) {
  CertificateRequest expired;
  expired.valid_to_seconds = -10;
  folder_.Write("server.pem",
                identity_.certificate + authority_.Issue(expired).certificate);
  ExpectRefused(kReasonTlsCertificateExpired, kTlsCertificateFlag, "server.pem",
                "certificate 2 expired at");
}

TEST_F(TlsFilesTest, NeedsOneValidClientAuthority) {
  CertificateRequest expired;
  expired.valid_to_seconds = -10;
  const TestAuthority former(expired);
  folder_.Write("clients.pem", former.certificate());
  ExpectRefused(kReasonTlsCertificateExpired, kTlsClientCaFlag, "clients.pem",
                "expired at");
  folder_.Write("clients.pem", former.certificate() + authority_.certificate());
  EXPECT_TRUE(CheckTlsFiles(files_).ok()) << CheckTlsFiles(files_);
}

TEST_F(TlsFilesTest, RefusesAKeyTooSmallForOpenSsl) {
  CertificateRequest request;
  request.key_kind = KeyKind::kWeakRsa;
  const Identity weak = authority_.Issue(request);
  folder_.Write("server.pem", weak.certificate);
  folder_.Write("server.key", weak.key);
  ExpectRefused(kReasonTlsFileInvalid, kTlsCertificateFlag, "server.pem",
                "ee key too small");
}

TEST_F(TlsFilesTest, TellsTheFirstExpiryOfTheChain) {
  CertificateRequest request;
  request.valid_to_seconds = 1800;
  folder_.Write("server.pem",
                identity_.certificate + authority_.Issue(request).certificate);
  const absl::StatusOr<absl::Time> expiry = CertificateExpiry(files_);
  ASSERT_TRUE(expiry.ok()) << expiry.status();
  EXPECT_NEAR(absl::ToDoubleSeconds(*expiry - absl::Now()), 1800, 30);
  files_.certificate = folder_.Path("missing.pem");
  EXPECT_EQ(DetailsOf(CertificateExpiry(files_).status())->reason,
            kReasonCredentialFileUnreadable);
}

TEST(IsLoopback, KnowsAddressesOnlyThisMachineReaches) {
  for (const char* address :
       {"127.0.0.1:50050", "127.0.0.1", "127.1.2.3:1", "localhost:50050",
        "LOCALHOST:1", "[::1]:50050", "::1", "[::ffff:127.0.0.1]:1",
        "unix:/run/sightline.socket", "unix:relative", "unix-abstract:name",
        "dns:localhost:1", "dns:///localhost:1", "ipv4:127.0.0.1:1",
        "ipv6:[::1]:1"}) {
    EXPECT_TRUE(IsLoopback(address)) << address;
  }
  for (const char* address :
       {"", ":50050", "0.0.0.0:50050", "[::]:50050", "::", "128.0.0.1:1",
        "10.0.0.1:1", "[::2]:1", "[::ffff:10.0.0.1]:1", "localhost.example:1",
        "example.org:1", "127.0.0.1.example.org:1", "127.1:1", "[::1",
        "2130706433:1", "vsock:1:2", "ipv4:0.0.0.0:1",
        "127.0.0.1:1,0.0.0.0:1"}) {
    EXPECT_FALSE(IsLoopback(address)) << address;
  }
}

}  // namespace
}  // namespace sightline
