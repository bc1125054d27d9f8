#include "common/credentials/bearer_token.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/credentials/reasons.h"
#include "common/observe/log.h"
#include "common/status/error.h"
#include "tests/support/files/temporary_folder.h"

namespace sightline {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

class BearerTokenTest : public ::testing::Test {
 protected:
  BearerTokenTest() {
    SetLogSink(
        [this](absl::string_view line) { log_.push_back(std::string(line)); });
  }
  ~BearerTokenTest() override { SetLogSink(nullptr); }

  BearerToken Read(const std::string& content) {
    absl::StatusOr<BearerToken> token =
        BearerToken::FromFile(folder_.Write("token", content));
    EXPECT_TRUE(token.ok()) << token.status();
    return *std::move(token);
  }

  const TemporaryFolder folder_;
  std::vector<std::string> log_;
};

TEST_F(BearerTokenTest, MatchesOnlyTheToken) {
  const BearerToken token = Read("s3cret.Token-_~+/=\n");
  for (const char* header :
       {"Bearer s3cret.Token-_~+/=", "bearer s3cret.Token-_~+/=",
        "BEARER   s3cret.Token-_~+/=", " Bearer s3cret.Token-_~+/= "}) {
    EXPECT_TRUE(token.Matches(header)) << header;
  }
  for (const char* header :
       {"", "Bearer", "Bearer ",
        "s3cret.Token-_~+/=", "Basic s3cret.Token-_~+/=",
        "Bearers3cret.Token-_~+/=", "Bearer s3cret.Token-_~+/",
        "Bearer s3cret.Token-_~+/==", "Bearer S3cret.Token-_~+/=",
        "Bearer s3cret.Token-_~+/= x", "Bearer\ts3cret.Token-_~+/=x"}) {
    EXPECT_FALSE(token.Matches(header)) << header;
  }
}

// Digests are compared, so a token that differs in one place, wherever it is,
// must be refused: first, last and each in between.
TEST_F(BearerTokenTest, RefusesEveryTokenThatDiffersInOnePlace) {
  const std::string secret = "0123456789abcdef0123456789abcdef";
  const BearerToken token = Read(secret);
  ASSERT_TRUE(token.Matches("Bearer " + secret));
  for (size_t i = 0; i < secret.size(); ++i) {
    std::string guess = secret;
    guess[i] ^= 1;
    EXPECT_FALSE(token.Matches("Bearer " + guess)) << i;
    EXPECT_FALSE(token.Matches("Bearer " + secret.substr(0, i))) << i;
  }
  EXPECT_FALSE(token.Matches("Bearer " + secret + std::string(1, '\0')));
}

TEST_F(BearerTokenTest, RefusesHeadersOfAnyLength) {
  const BearerToken token = Read("secret");
  for (const size_t size : {4095u, 4096u, 4097u, 1000000u}) {
    EXPECT_FALSE(token.Matches("Bearer " + std::string(size, 'x')));
  }
  const std::string longest(4096, 'y');
  EXPECT_TRUE(Read(longest).Matches("Bearer " + longest));
}

TEST_F(BearerTokenTest, RefusesFilesWithoutExactlyOneToken) {
  const std::pair<std::string, const char*> cases[] = {
      {"", kReasonCredentialFileUnreadable},
      {" \n\t\n", kReasonTokenFileInvalid},
      {"two words\n", kReasonTokenFileInvalid},
      {"two\nlines\n", kReasonTokenFileInvalid},
      {std::string("nul\0nul", 7), kReasonTokenFileInvalid},
      {"t\xC3\xB6ken", kReasonTokenFileInvalid},
      {std::string(4097, 'x'), kReasonTokenFileInvalid},
      {std::string(100000, 'x'), kReasonCredentialFileUnreadable},
  };
  for (const auto& [content, reason] : cases) {
    const std::string path = folder_.Write("my_token", content);
    const absl::Status status = BearerToken::FromFile(path).status();
    ASSERT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
    EXPECT_EQ(DetailsOf(status)->reason, reason) << status;
    EXPECT_THAT(std::string(status.message()),
                AllOf(HasSubstr("--token_file my_token: "),
                      Not(HasSubstr(folder_.Path())), Not(HasSubstr("words")),
                      Not(HasSubstr("xxx"))));
  }
  EXPECT_EQ(
      DetailsOf(BearerToken::FromFile(folder_.Path("none")).status())->reason,
      kReasonCredentialFileUnreadable);
  EXPECT_EQ(DetailsOf(BearerToken::FromFile(folder_.Path()).status())->reason,
            kReasonCredentialFileUnreadable);
}

TEST_F(BearerTokenTest, RefusesAFileThatOthersCanReplace) {
  const std::string path =
      folder_.Write("token", "secret", std::filesystem::perms(0620));
  const absl::Status status = BearerToken::FromFile(path).status();
  EXPECT_EQ(DetailsOf(status)->reason, kReasonCredentialFileExposed);
  EXPECT_THAT(std::string(status.message()), HasSubstr("mode 0620"));
}

TEST_F(BearerTokenTest, WarnsOfAFileThatOthersCanRead) {
  ASSERT_TRUE(BearerToken::FromFile(
                  folder_.Write("a", "secret", std::filesystem::perms(0640)))
                  .ok());
  EXPECT_THAT(log_, IsEmpty());
  ASSERT_TRUE(BearerToken::FromFile(
                  folder_.Write("b", "secret", std::filesystem::perms(0644)))
                  .ok());
  EXPECT_THAT(log_, ElementsAre(AllOf(HasSubstr("\"WARNING\""),
                                      HasSubstr("\"file\":\"b\""),
                                      Not(HasSubstr("secret")))));
}

TEST_F(BearerTokenTest, TakesANewTokenWithinASecond) {
  const absl::Time start = absl::Now();
  const BearerToken token = Read("first");
  EXPECT_TRUE(token.Matches("Bearer first", start));
  folder_.Write("token", "second");
  // Not looked at again within the second.
  EXPECT_TRUE(token.Matches("Bearer first", start + absl::Milliseconds(999)));
  EXPECT_FALSE(token.Matches("Bearer first", start + absl::Seconds(1)));
  EXPECT_TRUE(token.Matches("Bearer second", start + absl::Seconds(1)));
  EXPECT_THAT(log_, ElementsAre(HasSubstr("the token was replaced")));
}

TEST_F(BearerTokenTest, NoticesAChangeThatKeepsSizeAndTimeStamp) {
  const absl::Time start = absl::Now();
  const BearerToken token = Read("first");
  EXPECT_TRUE(token.Matches("Bearer first", start));
  const auto stamp = std::filesystem::last_write_time(folder_.Path("token"));
  std::ofstream(folder_.Path("token")) << "other";
  std::filesystem::last_write_time(folder_.Path("token"), stamp);
  EXPECT_TRUE(token.Matches("Bearer other", start + absl::Seconds(2)));
}

TEST_F(BearerTokenTest, FollowsASymbolicLinkThatIsSwitched) {
  folder_.Write("1/token", "first");
  folder_.Write("2/token", "second");
  std::filesystem::create_symlink("1", folder_.Path("data"));
  const absl::Time start = absl::Now();
  absl::StatusOr<BearerToken> token =
      BearerToken::FromFile(folder_.Path("data/token"));
  ASSERT_TRUE(token.ok());
  EXPECT_TRUE(token->Matches("Bearer first", start));
  std::filesystem::create_symlink("2", folder_.Path("new"));
  std::filesystem::rename(folder_.Path("new"), folder_.Path("data"));
  EXPECT_TRUE(token->Matches("Bearer second", start + absl::Seconds(1)));
}

TEST_F(BearerTokenTest, KeepsTheLastGoodTokenAndSaysSoOnceAMinute) {
  const absl::Time start = absl::Now();
  const BearerToken token = Read("first");
  std::filesystem::remove(folder_.Path("token"));
  for (int second = 0; second < 60; ++second) {
    EXPECT_TRUE(token.Matches("Bearer first", start + absl::Seconds(second)));
  }
  EXPECT_THAT(
      log_, ElementsAre(AllOf(HasSubstr("\"ERROR\""), HasSubstr("stays valid"),
                              HasSubstr("No such file"))));
  folder_.Write("token", "");
  EXPECT_TRUE(token.Matches("Bearer first", start + absl::Seconds(60)));
  EXPECT_EQ(log_.size(), 2u);
  EXPECT_THAT(log_.back(), HasSubstr("\"dropped\":59"));
  folder_.Write("token", "second");
  EXPECT_TRUE(token.Matches("Bearer second", start + absl::Seconds(61)));
}

TEST_F(BearerTokenTest, GoesOnReadingWhenTheClockIsSetBack) {
  const absl::Time start = absl::Now();
  const BearerToken token = Read("first");
  EXPECT_TRUE(token.Matches("Bearer first", start));
  folder_.Write("token", "second");
  EXPECT_TRUE(token.Matches("Bearer second", start - absl::Hours(1)));
}

TEST_F(BearerTokenTest, ServesManyThreadsWhileTheFileChanges) {
  const BearerToken token = Read("token-0");
  std::atomic<bool> is_done = false;
  std::atomic<int64_t> clock_seconds = 0;
  const absl::Time start = absl::Now();
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      while (!is_done) {
        const absl::Time now = start + absl::Seconds(clock_seconds.load());
        EXPECT_FALSE(token.Matches("Bearer token-x", now));
      }
    });
  }
  for (int i = 1; i <= 50; ++i) {
    const std::string next = absl::StrCat("token-", i);
    folder_.Write("token", next);
    const int64_t now = ++clock_seconds;
    // Threads still at the second before take the clock back and forth; two
    // seconds on is beyond all of them.
    EXPECT_TRUE(
        token.Matches("Bearer " + next, start + absl::Seconds(now + 2)));
  }
  is_done = true;
  for (std::thread& thread : threads) thread.join();
}

}  // namespace
}  // namespace sightline
