// Certificate and key files, read and checked. Internal to this folder.
#ifndef SIGHTLINE_COMMON_CREDENTIALS_TLS_FILES_H_
#define SIGHTLINE_COMMON_CREDENTIALS_TLS_FILES_H_

#include <string>

#include "absl/status/statusor.h"
#include "common/credentials/server_credentials.h"

namespace sightline {

// What stood in the files when they were checked, in PEM form.
struct TlsContent {
  std::string certificate;
  std::string key;
  // Empty without client_ca.
  std::string client_ca;
  bool operator==(const TlsContent&) const = default;
};

// Checked as CheckTlsFiles() says, and with its errors: whoever uses the
// content, not the files, uses what was checked.
absl::StatusOr<TlsContent> ReadTlsFiles(const TlsFiles& files);

}  // namespace sightline

#endif  // SIGHTLINE_COMMON_CREDENTIALS_TLS_FILES_H_
