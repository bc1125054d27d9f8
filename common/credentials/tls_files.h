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
  // Whom to trust; empty: not said.
  std::string authorities;
  bool operator==(const TlsContent&) const = default;
};

// A file and the flag that names it in messages.
struct NamedFile {
  std::string flag;
  std::string path;
};

// A server's files, checked as CheckTlsFiles() says, and with its errors:
// whoever uses the content, not the files, uses what was checked.
absl::StatusOr<TlsContent> ReadTlsFiles(const TlsFiles& files);

// The parts of it, for anybody. `content` gets a certificate with its chain
// and the key that belongs to it.
absl::Status ReadIdentity(const NamedFile& certificate, const NamedFile& key,
                          TlsContent& content);
// `content` gets the authorities, of which at least one is valid now.
absl::Status ReadAuthorities(const NamedFile& file, TlsContent& content);

}  // namespace sightline

#endif  // SIGHTLINE_COMMON_CREDENTIALS_TLS_FILES_H_
