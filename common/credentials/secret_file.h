// Reads a certificate, key or token file. Internal to this folder.
#ifndef SIGHTLINE_COMMON_CREDENTIALS_SECRET_FILE_H_
#define SIGHTLINE_COMMON_CREDENTIALS_SECRET_FILE_H_

#include <sys/types.h>

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace sightline {

// A file as it was read, and what messages call it.
struct SecretFile {
  // The flag that named it, and its name without folder: servers' paths are
  // nobody's business.
  std::string flag;
  std::string name;
  // Permission bits.
  mode_t mode = 0;
  std::string content;
};

// Reads the regular file `path`, 1 to `maximum_bytes` long. Never waits for a
// pipe or a device. Errors: FailedPrecondition, CREDENTIAL_FILE_UNREADABLE.
absl::StatusOr<SecretFile> ReadSecretFile(absl::string_view flag,
                                          const std::string& path,
                                          size_t maximum_bytes);

// Whoever can write a key or token can put theirs in its place. Errors:
// FailedPrecondition, CREDENTIAL_FILE_EXPOSED.
absl::Status CheckOnlyOwnerWrites(const SecretFile& file);

// A FailedPrecondition that begins with the flag and the file's name and has
// both in its details.
absl::Status SecretFileError(absl::string_view flag, absl::string_view name,
                             absl::string_view reason,
                             absl::string_view message);

// The last component of `path`.
std::string FileName(const std::string& path);

}  // namespace sightline

#endif  // SIGHTLINE_COMMON_CREDENTIALS_SECRET_FILE_H_
