#include "common/credentials/tls_files.h"

#include <openssl/asn1.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <algorithm>
#include <ctime>
#include <memory>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/credentials/reasons.h"
#include "common/credentials/secret_file.h"
#include "common/status/status_macros.h"

namespace sightline {
namespace {

// A chain is a few kilobytes, a bundle of all public authorities 200.
constexpr size_t kMaximumPemBytes = size_t{1024} * 1024;

struct OpenSslDeleter {
  void operator()(BIO* value) const { BIO_free(value); }
  void operator()(X509* value) const { X509_free(value); }
  void operator()(EVP_PKEY* value) const { EVP_PKEY_free(value); }
  void operator()(SSL_CTX* value) const { SSL_CTX_free(value); }
};
template <typename T>
using OpenSslPointer = std::unique_ptr<T, OpenSslDeleter>;

// OpenSSL's errors stay with the thread until somebody takes them: nothing old
// must mislead us, nothing of ours gRPC.
class ErrorQueueScope {
 public:
  ErrorQueueScope() { ERR_clear_error(); }
  ~ErrorQueueScope() { ERR_clear_error(); }
  ErrorQueueScope(const ErrorQueueScope&) = delete;
  ErrorQueueScope& operator=(const ErrorQueueScope&) = delete;
};

std::string LastOpenSslError() {
  const char* reason = ERR_reason_error_string(ERR_peek_last_error());
  return reason == nullptr ? "unknown error" : reason;
}

absl::Status FileError(const SecretFile& file, absl::string_view reason,
                       absl::string_view message) {
  return SecretFileError(file.flag, file.name, reason, message);
}

OpenSslPointer<BIO> Open(const SecretFile& file) {
  return OpenSslPointer<BIO>(BIO_new_mem_buf(
      file.content.data(), static_cast<int>(file.content.size())));
}

// Without it OpenSSL would ask for a passphrase on the terminal.
int NoPassphrase(char*, int, int, void*) { return 0; }

// All certificates of the file, at least one.
absl::StatusOr<std::vector<OpenSslPointer<X509>>> ParseCertificates(
    const SecretFile& file) {
  const OpenSslPointer<BIO> input = Open(file);
  std::vector<OpenSslPointer<X509>> certificates;
  while (true) {
    OpenSslPointer<X509> certificate(
        PEM_read_bio_X509(input.get(), nullptr, NoPassphrase, nullptr));
    if (certificate == nullptr) break;
    certificates.push_back(std::move(certificate));
  }
  const unsigned long error = ERR_peek_last_error();  // NOLINT: OpenSSL's type.
  const bool is_end = ERR_GET_LIB(error) == ERR_LIB_PEM &&
                      ERR_GET_REASON(error) == PEM_R_NO_START_LINE;
  if (!is_end) {
    return FileError(file, kReasonTlsFileInvalid,
                     absl::StrCat("certificate ", certificates.size() + 1,
                                  " is damaged (", LastOpenSslError(), ")"));
  }
  if (certificates.empty()) {
    return FileError(file, kReasonTlsFileInvalid,
                     "holds no certificate in PEM form (BEGIN CERTIFICATE)");
  }
  ERR_clear_error();
  return certificates;
}

absl::StatusOr<OpenSslPointer<EVP_PKEY>> ParseKey(const SecretFile& file) {
  const OpenSslPointer<BIO> input = Open(file);
  OpenSslPointer<EVP_PKEY> key(
      PEM_read_bio_PrivateKey(input.get(), nullptr, NoPassphrase, nullptr));
  if (key != nullptr) return key;
  if (file.content.find("ENCRYPTED") != std::string::npos) {
    return FileError(file, kReasonTlsFileInvalid,
                     "the key has a passphrase: decrypt it (openssl pkey) and "
                     "protect the file by its mode");
  }
  return FileError(file, kReasonTlsFileInvalid,
                   absl::StrCat("holds no usable private key in PEM form (",
                                LastOpenSslError(), ")"));
}

// Certificates of years that time_t or the parser don't know are of no use.
absl::Time ToTime(const ASN1_TIME* time, absl::Time otherwise) {
  std::tm parts = {};
  if (ASN1_TIME_to_tm(time, &parts) != 1) return otherwise;
  return absl::FromTimeT(timegm(&parts));
}

absl::Time ValidFrom(const X509* certificate) {
  return ToTime(X509_get0_notBefore(certificate), absl::InfiniteFuture());
}

absl::Time ValidTo(const X509* certificate) {
  return ToTime(X509_get0_notAfter(certificate), absl::InfinitePast());
}

absl::Status CheckValidNow(const SecretFile& file, const X509* certificate,
                           size_t position, absl::Time now) {
  const absl::Time from = ValidFrom(certificate);
  const absl::Time to = ValidTo(certificate);
  if (now < from) {
    return FileError(
        file, kReasonTlsCertificateExpired,
        absl::StrCat(
            "certificate ", position, " is not valid before ",
            absl::FormatTime(absl::RFC3339_sec, from, absl::UTCTimeZone()),
            ": is the clock right?"));
  }
  if (now > to) {
    return FileError(file, kReasonTlsCertificateExpired,
                     absl::StrCat("certificate ", position, " expired at ",
                                  absl::FormatTime(absl::RFC3339_sec, to,
                                                   absl::UTCTimeZone()),
                                  ": renew it"));
  }
  return absl::OkStatus();
}

// What SSL_CTX_use_certificate() finds: keys too small and digests too weak
// for the machine's security level.
absl::Status CheckOpenSslTakes(const SecretFile& file, X509* certificate,
                               EVP_PKEY* key) {
  const OpenSslPointer<SSL_CTX> context(SSL_CTX_new(TLS_server_method()));
  if (context != nullptr &&
      SSL_CTX_use_certificate(context.get(), certificate) == 1 &&
      SSL_CTX_use_PrivateKey(context.get(), key) == 1) {
    return absl::OkStatus();
  }
  return FileError(file, kReasonTlsFileInvalid,
                   absl::StrCat("OpenSSL refuses the certificate (",
                                LastOpenSslError(), ")"));
}

}  // namespace

absl::Status ReadIdentity(const NamedFile& certificate, const NamedFile& key,
                          TlsContent& content) {
  const ErrorQueueScope scope;
  const absl::Time now = absl::Now();
  SL_ASSIGN_OR_RETURN(
      const SecretFile certificate_file,
      ReadSecretFile(certificate.flag, certificate.path, kMaximumPemBytes));
  SL_ASSIGN_OR_RETURN(const SecretFile key_file,
                      ReadSecretFile(key.flag, key.path, kMaximumPemBytes));
  SL_RETURN_IF_ERROR(CheckOnlyOwnerWrites(key_file));
  SL_ASSIGN_OR_RETURN(const auto chain, ParseCertificates(certificate_file));
  SL_ASSIGN_OR_RETURN(const auto own_key, ParseKey(key_file));
  if (X509_check_private_key(chain.front().get(), own_key.get()) != 1) {
    return FileError(key_file, kReasonTlsKeyMismatch,
                     absl::StrCat("is not the key of the first certificate in ",
                                  certificate_file.name,
                                  " (the one it belongs to must come first)"));
  }
  for (size_t i = 0; i < chain.size(); ++i) {
    SL_RETURN_IF_ERROR(
        CheckValidNow(certificate_file, chain[i].get(), i + 1, now));
  }
  SL_RETURN_IF_ERROR(
      CheckOpenSslTakes(certificate_file, chain.front().get(), own_key.get()));
  content.certificate = certificate_file.content;
  content.key = key_file.content;
  return absl::OkStatus();
}

absl::Status ReadAuthorities(const NamedFile& file, TlsContent& content) {
  const ErrorQueueScope scope;
  const absl::Time now = absl::Now();
  SL_ASSIGN_OR_RETURN(const SecretFile pem,
                      ReadSecretFile(file.flag, file.path, kMaximumPemBytes));
  SL_ASSIGN_OR_RETURN(const auto authorities, ParseCertificates(pem));
  absl::Status last;
  for (size_t i = 0; i < authorities.size(); ++i) {
    last = CheckValidNow(pem, authorities[i].get(), i + 1, now);
    if (last.ok()) {
      content.authorities = pem.content;
      return absl::OkStatus();
    }
  }
  return last;
}

absl::StatusOr<TlsContent> ReadTlsFiles(const TlsFiles& files) {
  TlsContent content;
  SL_RETURN_IF_ERROR(ReadIdentity({kTlsCertificateFlag, files.certificate},
                                  {kTlsKeyFlag, files.key}, content));
  if (!files.client_ca.empty()) {
    SL_RETURN_IF_ERROR(
        ReadAuthorities({kTlsClientCaFlag, files.client_ca}, content));
  }
  return content;
}

absl::Status CheckTlsFiles(const TlsFiles& files) {
  return ReadTlsFiles(files).status();
}

absl::StatusOr<absl::Time> CertificateExpiry(const TlsFiles& files) {
  const ErrorQueueScope scope;
  SL_ASSIGN_OR_RETURN(
      const SecretFile file,
      ReadSecretFile(kTlsCertificateFlag, files.certificate, kMaximumPemBytes));
  SL_ASSIGN_OR_RETURN(const auto chain, ParseCertificates(file));
  absl::Time first = absl::InfiniteFuture();
  for (const OpenSslPointer<X509>& certificate : chain) {
    first = std::min(first, ValidTo(certificate.get()));
  }
  return first;
}

}  // namespace sightline
