#include "common/credentials/token_file.h"

#include <openssl/crypto.h>
#include <sys/stat.h>

#include "absl/strings/ascii.h"
#include "common/credentials/reasons.h"
#include "common/credentials/secret_file.h"
#include "common/observe/log.h"
#include "common/status/status_macros.h"

namespace sightline {
namespace {

constexpr size_t kMaximumFileBytes = kMaximumTokenBytes + 64;

}  // namespace

absl::StatusOr<TokenFile> ReadTokenFile(absl::string_view flag,
                                        const std::string& path) {
  SL_ASSIGN_OR_RETURN(SecretFile file,
                      ReadSecretFile(flag, path, kMaximumFileBytes));
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
  const TokenFile result = {std::string(token), (file.mode & S_IROTH) != 0};
  OPENSSL_cleanse(file.content.data(), file.content.size());
  return result;
}

void WarnThatOthersMayRead(absl::string_view flag, const std::string& path) {
  Log(Severity::kWarning,
      "the token file may be read by every user of this machine: chmod o-r",
      {{"flag", flag}, {"file", FileName(path)}});
}

}  // namespace sightline
