#include "common/credentials/bearer_token.h"

#include <openssl/crypto.h>
#include <openssl/sha.h>
#include <sys/stat.h>

#include <array>
#include <mutex>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "common/credentials/reasons.h"
#include "common/credentials/secret_file.h"
#include "common/observe/log.h"
#include "common/status/status_macros.h"

namespace sightline {
namespace {

constexpr size_t kMaximumTokenBytes = 4096;
constexpr size_t kMaximumFileBytes = kMaximumTokenBytes + 64;
constexpr absl::Duration kLookEvery = absl::Seconds(1);
constexpr absl::string_view kScheme = "bearer";

using Digest = std::array<unsigned char, SHA256_DIGEST_LENGTH>;

Digest DigestOf(absl::string_view token) {
  Digest digest;
  SHA256(reinterpret_cast<const unsigned char*>(token.data()), token.size(),
         digest.data());
  return digest;
}

struct TokenFile {
  Digest digest;
  bool others_may_read = false;
};

absl::StatusOr<TokenFile> ReadToken(const std::string& path) {
  SL_ASSIGN_OR_RETURN(SecretFile file,
                      ReadSecretFile(kTokenFileFlag, path, kMaximumFileBytes));
  SL_RETURN_IF_ERROR(CheckOnlyOwnerWrites(file));
  const absl::string_view token = absl::StripAsciiWhitespace(file.content);
  absl::string_view problem;
  if (token.empty()) problem = "holds only white space";
  if (token.size() > kMaximumTokenBytes) problem = "holds more than a token";
  for (const char c : token) {
    if (!absl::ascii_isgraph(c)) {
      problem =
          "must hold one token of visible ASCII characters, without spaces";
    }
  }
  if (!problem.empty()) {
    return SecretFileError(file.flag, file.name, kReasonTokenFileInvalid,
                           problem);
  }
  const TokenFile result = {DigestOf(token), (file.mode & S_IROTH) != 0};
  OPENSSL_cleanse(file.content.data(), file.content.size());
  return result;
}

void WarnIfExposed(const TokenFile& file, const std::string& path) {
  if (!file.others_may_read) return;
  Log(Severity::kWarning,
      "the token file may be read by every user of this machine: chmod o-r",
      {{"flag", kTokenFileFlag}, {"file", FileName(path)}});
}

}  // namespace

class BearerToken::State {
 public:
  State(std::string path, const Digest& digest)
      : path_(std::move(path)), digest_(digest) {}

  Digest Current(absl::Time now) {
    std::lock_guard<std::mutex> lock(mutex_);
    // A clock set back must not stop the reloading until it has caught up.
    if (now >= next_look_ || now < next_look_ - kLookEvery) {
      next_look_ = now + kLookEvery;
      Reload(now);
    }
    return digest_;
  }

 private:
  // Reads the file instead of its time stamps: a file that is written while we
  // read can keep the time stamp it had.
  void Reload(absl::Time now) {
    const absl::StatusOr<TokenFile> file = ReadToken(path_);
    if (!file.ok()) {
      if (const std::optional<int64_t> dropped = limiter_.Allow(now)) {
        Log(Severity::kError,
            "the token file is not usable; the token read before stays valid",
            {{"error", file.status().message()}, {"dropped", *dropped}});
      }
      return;
    }
    if (file->digest == digest_) return;
    digest_ = file->digest;
    Log(Severity::kInfo, "the token was replaced",
        {{"flag", kTokenFileFlag}, {"file", FileName(path_)}});
    WarnIfExposed(*file, path_);
  }

  const std::string path_;
  LogLimiter limiter_{1, absl::Minutes(1)};
  std::mutex mutex_;
  // Guarded by mutex_.
  Digest digest_;
  absl::Time next_look_ = absl::InfinitePast();
};

absl::StatusOr<BearerToken> BearerToken::FromFile(const std::string& path) {
  SL_ASSIGN_OR_RETURN(const TokenFile file, ReadToken(path));
  WarnIfExposed(file, path);
  return BearerToken(std::make_unique<State>(path, file.digest));
}

BearerToken::BearerToken(std::unique_ptr<State> state)
    : state_(std::move(state)) {}
BearerToken::BearerToken(BearerToken&&) noexcept = default;
BearerToken& BearerToken::operator=(BearerToken&&) noexcept = default;
BearerToken::~BearerToken() = default;

bool BearerToken::Matches(absl::string_view authorization_header,
                          absl::Time now) const {
  const Digest expected = state_->Current(now);
  absl::string_view rest = absl::StripAsciiWhitespace(authorization_header);
  if (!absl::StartsWithIgnoreCase(rest, kScheme)) return false;
  rest.remove_prefix(kScheme.size());
  if (rest.empty() || rest.front() != ' ') return false;
  const absl::string_view shown = absl::StripLeadingAsciiWhitespace(rest);
  // What is shown may take its own time; nothing below depends on the secret.
  if (shown.empty() || shown.size() > kMaximumTokenBytes) return false;
  const Digest digest = DigestOf(shown);
  return CRYPTO_memcmp(digest.data(), expected.data(), digest.size()) == 0;
}

}  // namespace sightline
