#include "tools/sightline/client/connection.h"

#include "common/status/error.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/files/temporary_folder.h"

namespace sightline::cli {
namespace {

std::string ReasonOf(const ConnectionOptions& options) {
  const auto connection = Connection::Open(options);
  if (connection.ok()) return "";
  const auto details = DetailsOf(connection.status());
  return details.has_value() ? details->reason : "no details";
}

TEST(Connection, NeverSendsATokenInTheClearToAnotherMachine) {
  TemporaryFolder folder;
  ConnectionOptions options;
  options.security.token_file = folder.Write("token", "secret\n");
  options.server = "example.org:50050";
  EXPECT_EQ(ReasonOf(options), "TOKEN_WOULD_LEAK");
  options.security.tls = true;
  EXPECT_EQ(ReasonOf(options), "");
  options.security.tls = false;
  options.server = "localhost:50050";
  EXPECT_EQ(ReasonOf(options), "");
  options.server = "example.org:50050";
  options.security.allow_plaintext_token = true;
  EXPECT_EQ(ReasonOf(options), "");
}

TEST(Connection, RefusesFilesItCannotUse) {
  TemporaryFolder folder;
  ConnectionOptions options;
  options.security.token_file = folder.Path("none");
  EXPECT_EQ(ReasonOf(options), "CREDENTIAL_FILE_UNREADABLE");
  options.security.token_file = folder.Write("empty", " \n");
  EXPECT_EQ(ReasonOf(options), "TOKEN_FILE_INVALID");
  options.security.token_file = folder.Write("two", "one\ntwo\n");
  EXPECT_EQ(ReasonOf(options), "TOKEN_FILE_INVALID");
  options.security.token_file = "";
  options.security.tls_ca = folder.Write("ca.pem", "no certificate");
  EXPECT_EQ(ReasonOf(options), "TLS_FILE_INVALID");
  options.security.tls_ca = "";
  options.security.tls_cert = folder.Write("cert.pem", "x");
  EXPECT_EQ(ReasonOf(options), "TLS_FILES_INCOMPLETE");
  options.security.tls_cert = "";
  options.retries = -1;
  EXPECT_EQ(ReasonOf(options), "FLAG_INVALID");
}

}  // namespace
}  // namespace sightline::cli
