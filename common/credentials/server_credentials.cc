#include "common/credentials/server_credentials.h"

#include <grpc/grpc.h>
#include <grpc/grpc_security.h>

#include <cstdlib>
#include <mutex>
#include <utility>
#include <vector>

#include "absl/time/clock.h"
#include "common/credentials/followed.h"
#include "common/credentials/secret_file.h"
#include "common/credentials/tls_files.h"
#include "common/observe/log.h"
#include "common/status/status_macros.h"

namespace sightline {
namespace {

// Gives gRPC the certificates for each new connection.
//
// gRPC has a file watcher of its own, but takes what it finds: with a key that
// does not match yet every handshake fails, and an empty file ends the process
// (gRPC 1.51, tls_security_connector.cc, an assertion). Here only content that
// passed ReadTlsFiles() is handed over.
class CertificateReloader {
 public:
  CertificateReloader(const TlsFiles& files, TlsContent content)
      : followed_(
            std::move(content),
            {[files] { return ReadTlsFiles(files); },
             "the TLS files are not usable; those read before stay in use",
             [files](const TlsContent&) {
               Log(Severity::kInfo,
                   "new connections get the renewed TLS certificate",
                   {{"file", FileName(files.certificate)}});
             }}) {}

  // gRPC's callback: runs at the beginning of every handshake.
  static grpc_ssl_certificate_config_reload_status Fetch(
      void* reloader, grpc_ssl_server_certificate_config** config) {
    return static_cast<CertificateReloader*>(reloader)->Fetch(config);
  }

 private:
  grpc_ssl_certificate_config_reload_status Fetch(
      grpc_ssl_server_certificate_config** config) {
    std::lock_guard<std::mutex> lock(mutex_);
    std::shared_ptr<const TlsContent> content = followed_.Current(absl::Now());
    if (content == given_) return GRPC_SSL_CERTIFICATE_CONFIG_RELOAD_UNCHANGED;
    given_ = std::move(content);
    const grpc_ssl_pem_key_cert_pair pair = {given_->key.c_str(),
                                             given_->certificate.c_str()};
    // gRPC wants authorities even where it asks for no client certificate and
    // so never uses them; any certificate does.
    const std::string& authorities =
        given_->authorities.empty() ? given_->certificate : given_->authorities;
    *config = grpc_ssl_server_certificate_config_create(authorities.c_str(),
                                                        &pair, 1);
    return GRPC_SSL_CERTIFICATE_CONFIG_RELOAD_NEW;
  }

  Followed<TlsContent> followed_;
  std::mutex mutex_;
  // What gRPC has; null at first. Guarded by mutex_.
  std::shared_ptr<const TlsContent> given_;
};

// A reloader that is never destroyed: gRPC calls it as long as any connection
// is being made, and tells nobody when that ends.
CertificateReloader* MakeReloader(TlsFiles files, TlsContent content) {
  static std::mutex& mutex = *new std::mutex();
  static auto& reloaders =
      *new std::vector<std::unique_ptr<CertificateReloader>>();
  std::lock_guard<std::mutex> lock(mutex);
  reloaders.push_back(std::make_unique<CertificateReloader>(
      std::move(files), std::move(content)));
  return reloaders.back().get();
}

// The C++ wrapper for credentials that gRPC offers in C only.
class ReloadingCredentials : public grpc::ServerCredentials {
 public:
  ReloadingCredentials(CertificateReloader* reloader,
                       grpc_ssl_client_certificate_request_type request)
      : credentials_(grpc_ssl_server_credentials_create_with_options(
            grpc_ssl_server_credentials_create_options_using_config_fetcher(
                request, &CertificateReloader::Fetch, reloader))) {}
  ~ReloadingCredentials() override {
    grpc_server_credentials_release(credentials_);
  }

  // Calls are authorised where they are dispatched.
  void SetAuthMetadataProcessor(
      const std::shared_ptr<grpc::AuthMetadataProcessor>&) override {
    Log(Severity::kError, "these credentials take no AuthMetadataProcessor");
    std::abort();
  }

 private:
  int AddPortToServer(const std::string& address,
                      grpc_server* server) override {
    return grpc_server_add_http2_port(server, address.c_str(), credentials_);
  }

  grpc_server_credentials* const credentials_;
};

}  // namespace

absl::StatusOr<std::shared_ptr<grpc::ServerCredentials>> MakeServerCredentials(
    const std::optional<TlsFiles>& files) {
  if (!files.has_value()) return grpc::InsecureServerCredentials();
  SL_ASSIGN_OR_RETURN(TlsContent content, ReadTlsFiles(*files));
  const grpc_ssl_client_certificate_request_type request =
      files->client_ca.empty()
          ? GRPC_SSL_DONT_REQUEST_CLIENT_CERTIFICATE
          : GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY;
  return std::make_shared<ReloadingCredentials>(
      MakeReloader(*files, std::move(content)), request);
}

}  // namespace sightline
