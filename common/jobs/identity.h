// Names: of jobs and files, which nobody else has drawn, and of contents.
#ifndef SIGHTLINE_COMMON_JOBS_IDENTITY_H_
#define SIGHTLINE_COMMON_JOBS_IDENTITY_H_

#include <openssl/types.h>

#include <string>

#include "absl/strings/string_view.h"

namespace sightline::jobs {

// 128 random bits as 32 hexadecimal digits. Who does not know one cannot guess
// it. Thread-safe.
std::string RandomId();

// SHA-256 of `bytes`, 64 hexadecimal digits. Thread-safe.
std::string Sha256(absl::string_view bytes);

// The same of bytes that come piece by piece. Not thread-safe.
class Sha256Stream {
 public:
  Sha256Stream();
  ~Sha256Stream();
  Sha256Stream(const Sha256Stream&) = delete;
  Sha256Stream& operator=(const Sha256Stream&) = delete;

  void Add(absl::string_view bytes);
  // To be called once, at the end.
  std::string Finish();

 private:
  EVP_MD_CTX* const context_;
};

}  // namespace sightline::jobs

#endif  // SIGHTLINE_COMMON_JOBS_IDENTITY_H_
