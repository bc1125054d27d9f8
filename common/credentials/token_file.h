// The file that holds a bearer token. Internal to this folder.
#ifndef SIGHTLINE_COMMON_CREDENTIALS_TOKEN_FILE_H_
#define SIGHTLINE_COMMON_CREDENTIALS_TOKEN_FILE_H_

#include <cstddef>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace sightline {

inline constexpr size_t kMaximumTokenBytes = 4096;

struct TokenFile {
  std::string token;
  bool others_may_read = false;
  bool operator==(const TokenFile&) const = default;
};

// Reads a token: the file's only line, 1 to kMaximumTokenBytes visible ASCII
// characters; white space around it is ignored. `flag`: what messages call it.
// Errors: FailedPrecondition CREDENTIAL_FILE_UNREADABLE,
// CREDENTIAL_FILE_EXPOSED (others can write it), TOKEN_FILE_INVALID.
absl::StatusOr<TokenFile> ReadTokenFile(absl::string_view flag,
                                        const std::string& path);

// Logs a warning about a file that others_may_read.
void WarnThatOthersMayRead(absl::string_view flag, const std::string& path);

}  // namespace sightline

#endif  // SIGHTLINE_COMMON_CREDENTIALS_TOKEN_FILE_H_
