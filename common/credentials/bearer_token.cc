#include "common/credentials/bearer_token.h"

#include <openssl/crypto.h>
#include <openssl/sha.h>

#include <array>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "common/credentials/followed.h"
#include "common/credentials/secret_file.h"
#include "common/credentials/token_file.h"
#include "common/observe/log.h"
#include "common/status/status_macros.h"

namespace sightline {
namespace {

constexpr absl::string_view kScheme = "bearer";

using Digest = std::array<unsigned char, SHA256_DIGEST_LENGTH>;

Digest DigestOf(absl::string_view token) {
  Digest digest;
  SHA256(reinterpret_cast<const unsigned char*>(token.data()), token.size(),
         digest.data());
  return digest;
}

struct KnownToken {
  Digest digest;
  bool others_may_read = false;
  bool operator==(const KnownToken& other) const {
    return digest == other.digest;
  }
};

absl::StatusOr<KnownToken> ReadToken(const std::string& path) {
  SL_ASSIGN_OR_RETURN(TokenFile file, ReadTokenFile(kTokenFileFlag, path));
  const KnownToken known = {DigestOf(file.token), file.others_may_read};
  OPENSSL_cleanse(file.token.data(), file.token.size());
  return known;
}

void WarnIfExposed(const KnownToken& token, const std::string& path) {
  if (token.others_may_read) WarnThatOthersMayRead(kTokenFileFlag, path);
}

}  // namespace

class BearerToken::State : public Followed<KnownToken> {
 public:
  State(const std::string& path, const KnownToken& token)
      : Followed(
            token,
            {[path] { return ReadToken(path); },
             "the token file is not usable; the token read before stays valid",
             [path](const KnownToken& changed) {
               Log(Severity::kInfo, "the token was replaced",
                   {{"flag", kTokenFileFlag}, {"file", FileName(path)}});
               WarnIfExposed(changed, path);
             }}) {}
};

absl::StatusOr<BearerToken> BearerToken::FromFile(const std::string& path) {
  SL_ASSIGN_OR_RETURN(const KnownToken token, ReadToken(path));
  WarnIfExposed(token, path);
  return BearerToken(std::make_unique<State>(path, token));
}

BearerToken::BearerToken(std::unique_ptr<State> state)
    : state_(std::move(state)) {}
BearerToken::BearerToken(BearerToken&&) noexcept = default;
BearerToken& BearerToken::operator=(BearerToken&&) noexcept = default;
BearerToken::~BearerToken() = default;

bool BearerToken::Matches(absl::string_view authorization_header,
                          absl::Time now) const {
  const Digest expected = state_->Current(now)->digest;
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
