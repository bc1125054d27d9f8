// Makes certificates for tests, as a certificate authority would.
#ifndef SIGHTLINE_TESTS_UNIT_COMMON_CREDENTIALS_TEST_AUTHORITY_H_
#define SIGHTLINE_TESTS_UNIT_COMMON_CREDENTIALS_TEST_AUTHORITY_H_

#include <memory>
#include <string>

namespace sightline {

// A certificate and its key, both in PEM form.
struct Identity {
  std::string certificate;
  std::string key;
};

enum class KeyKind { kEllipticCurve, kWeakRsa };

// What is to be certified.
struct CertificateRequest {
  std::string common_name = "localhost";
  // Relative to now.
  int valid_from_seconds = -3600;
  int valid_to_seconds = 3600;
  KeyKind key_kind = KeyKind::kEllipticCurve;
};

// An authority with a key of its own. Throws std::runtime_error if OpenSSL
// fails.
class TestAuthority {
 public:
  explicit TestAuthority(const CertificateRequest& own = {
                             .common_name = "Test authority",
                             .valid_from_seconds = -3600,
                             .valid_to_seconds = 3600,
                             .key_kind = KeyKind::kEllipticCurve});
  ~TestAuthority();

  // The authority's own certificate, in PEM form.
  const std::string& certificate() const;

  // A certificate for localhost and 127.0.0.1, signed by this authority.
  Identity Issue(const CertificateRequest& request = {}) const;

  // The key in PEM form, encrypted under a passphrase.
  static std::string EncryptedKey();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace sightline

#endif  // SIGHTLINE_TESTS_UNIT_COMMON_CREDENTIALS_TEST_AUTHORITY_H_
