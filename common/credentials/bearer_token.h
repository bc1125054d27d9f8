// A shared secret that callers must show: "authorization: Bearer <token>".
//
// The token stands alone in a file, so that it is neither in the process list
// nor in the environment, and can be replaced while the server runs.
#ifndef SIGHTLINE_COMMON_CREDENTIALS_BEARER_TOKEN_H_
#define SIGHTLINE_COMMON_CREDENTIALS_BEARER_TOKEN_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"

namespace sightline {

// The flag the messages name.
inline constexpr char kTokenFileFlag[] = "--token_file";

// Thread-safe, also while the file is replaced. Movable.
class BearerToken {
 public:
  // Reads the token: the file's only line, 1 to 4096 visible ASCII characters;
  // white space around it is ignored. Errors: FailedPrecondition that names
  // the flag and the file's name (unreadable, empty, more than one word,
  // writable by group or others). A file that others may read is accepted with
  // a warning in the log.
  static absl::StatusOr<BearerToken> FromFile(const std::string& path);

  BearerToken(BearerToken&&) noexcept;
  BearerToken& operator=(BearerToken&&) noexcept;
  ~BearerToken();

  // Whether `authorization_header`, the value of the metadata "authorization",
  // is "Bearer" (in any case), spaces, and the token. Takes the same time
  // whatever the token is and however much of it was guessed: digests are
  // compared, in constant time.
  //
  // Looks at the file at most once per second and reads it if it has changed.
  // While its new content is not acceptable, the last good token stays valid
  // and the log says so, at most once a minute. `now` is for tests.
  bool Matches(absl::string_view authorization_header,
               absl::Time now = absl::Now()) const;

 private:
  class State;
  explicit BearerToken(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace sightline

#endif  // SIGHTLINE_COMMON_CREDENTIALS_BEARER_TOKEN_H_
