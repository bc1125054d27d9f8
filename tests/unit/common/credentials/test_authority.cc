#include "tests/unit/common/credentials/test_authority.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <atomic>
#include <stdexcept>

namespace sightline {
namespace {

struct Deleter {
  void operator()(BIO* value) const { BIO_free(value); }
  void operator()(X509* value) const { X509_free(value); }
  void operator()(EVP_PKEY* value) const { EVP_PKEY_free(value); }
  void operator()(X509_EXTENSION* value) const { X509_EXTENSION_free(value); }
};
template <typename T>
using Pointer = std::unique_ptr<T, Deleter>;

void Require(bool success, const char* what) {
  if (!success) throw std::runtime_error(what);
}

Pointer<EVP_PKEY> MakeKey(KeyKind kind) {
  Pointer<EVP_PKEY> key(kind == KeyKind::kWeakRsa ? EVP_RSA_gen(1024)
                                                  : EVP_EC_gen("P-256"));
  Require(key != nullptr, "no key");
  return key;
}

std::string Content(BIO* bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  return std::string(data, static_cast<size_t>(size));
}

std::string ToPem(X509* certificate) {
  const Pointer<BIO> bio(BIO_new(BIO_s_mem()));
  Require(PEM_write_bio_X509(bio.get(), certificate) == 1, "no certificate");
  return Content(bio.get());
}

std::string ToPem(EVP_PKEY* key, const char* passphrase = nullptr) {
  const Pointer<BIO> bio(BIO_new(BIO_s_mem()));
  Require(
      PEM_write_bio_PrivateKey(
          bio.get(), key, passphrase == nullptr ? nullptr : EVP_aes_128_cbc(),
          nullptr, 0, nullptr, const_cast<char*>(passphrase)) == 1,
      "no key");
  return Content(bio.get());
}

void AddExtension(X509* certificate, X509* issuer, int kind,
                  const char* value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  const Pointer<X509_EXTENSION> extension(
      X509V3_EXT_conf_nid(nullptr, &context, kind, value));
  Require(extension != nullptr, value);
  Require(X509_add_ext(certificate, extension.get(), -1) == 1, value);
}

// `issuer` nullptr: signed by itself, an authority.
Pointer<X509> MakeCertificate(const CertificateRequest& request, EVP_PKEY* key,
                              X509* issuer, EVP_PKEY* issuer_key) {
  static std::atomic<long> serial = 1;
  Pointer<X509> certificate(X509_new());
  X509_set_version(certificate.get(), X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), serial++);
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()),
                  request.valid_from_seconds);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()),
                  request.valid_to_seconds);
  X509_set_pubkey(certificate.get(), key);
  X509_NAME* name = X509_get_subject_name(certificate.get());
  X509_NAME_add_entry_by_txt(
      name, "CN", MBSTRING_UTF8,
      reinterpret_cast<const unsigned char*>(request.common_name.c_str()), -1,
      -1, 0);
  X509* signer = issuer == nullptr ? certificate.get() : issuer;
  X509_set_issuer_name(certificate.get(), X509_get_subject_name(signer));
  AddExtension(certificate.get(), signer, NID_basic_constraints,
               issuer == nullptr ? "critical,CA:TRUE" : "CA:FALSE");
  AddExtension(certificate.get(), signer, NID_subject_key_identifier, "hash");
  if (issuer != nullptr) {
    AddExtension(certificate.get(), signer, NID_subject_alt_name,
                 "DNS:localhost,IP:127.0.0.1");
  }
  Require(X509_sign(certificate.get(), issuer == nullptr ? key : issuer_key,
                    EVP_sha256()) > 0,
          "not signed");
  return certificate;
}

}  // namespace

struct TestAuthority::Impl {
  Pointer<EVP_PKEY> key;
  Pointer<X509> certificate;
  std::string pem;
};

TestAuthority::TestAuthority(const CertificateRequest& own)
    : impl_(std::make_unique<Impl>()) {
  impl_->key = MakeKey(own.key_kind);
  impl_->certificate = MakeCertificate(own, impl_->key.get(), nullptr, nullptr);
  impl_->pem = ToPem(impl_->certificate.get());
}

TestAuthority::~TestAuthority() = default;

const std::string& TestAuthority::certificate() const { return impl_->pem; }

Identity TestAuthority::Issue(const CertificateRequest& request) const {
  const Pointer<EVP_PKEY> key = MakeKey(request.key_kind);
  const Pointer<X509> certificate = MakeCertificate(
      request, key.get(), impl_->certificate.get(), impl_->key.get());
  return {ToPem(certificate.get()), ToPem(key.get())};
}

std::string TestAuthority::EncryptedKey() {
  return ToPem(MakeKey(KeyKind::kEllipticCurve).get(), "passphrase");
}

}  // namespace sightline
