// How a server proves who it is, and asks its callers who they are.
//
// gRPC itself accepts any file name and then listens on a port on which no
// handshake ever succeeds; so files are checked before they are used, and a
// failure says which flag and which file, and what to do.
#ifndef SIGHTLINE_COMMON_CREDENTIALS_SERVER_CREDENTIALS_H_
#define SIGHTLINE_COMMON_CREDENTIALS_SERVER_CREDENTIALS_H_

#include <grpcpp/security/server_credentials.h>

#include <memory>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace sightline {

// The flags the messages name.
inline constexpr char kTlsCertificateFlag[] = "--tls_certificate";
inline constexpr char kTlsKeyFlag[] = "--tls_key";
inline constexpr char kTlsClientCaFlag[] = "--tls_client_ca";

// Paths of PEM files.
struct TlsFiles {
  // The server's certificate, followed by intermediate ones.
  std::string certificate;
  // Its private key, without passphrase.
  std::string key;
  // Authorities whose client certificates are accepted. Set: every client must
  // show one (mutual TLS). Empty: clients need none.
  std::string client_ca;
};

// OK if a server with these files can complete handshakes: all readable, the
// PEM parses, the key is that of the first certificate and not writable by
// others, OpenSSL's security level takes the certificate, and nothing is
// expired or not yet valid. Of several client authorities one valid one is
// enough. Errors: FailedPrecondition that names the flag and the file's name
// (without its folder). Thread-safe.
absl::Status CheckTlsFiles(const TlsFiles& files);

// When the server's certificate, or the first of its chain to do so, expires.
// Errors: as CheckTlsFiles() for the certificate file.
absl::StatusOr<absl::Time> CertificateExpiry(const TlsFiles& files);

// Credentials for grpc::ServerBuilder::AddListeningPort(): without TLS for
// nullopt, else with these files, checked first. The files are looked at for
// new connections, at most once a second: these get the new certificate (and,
// with client_ca, the new authorities), connections that exist stay. While the
// new files do not pass the check, the last good ones stay in use and the log
// says so, at most once a minute. Errors: as CheckTlsFiles(). Thread-safe.
absl::StatusOr<std::shared_ptr<grpc::ServerCredentials>> MakeServerCredentials(
    const std::optional<TlsFiles>& files);

// Whether only processes of this machine can reach `listen_address`: loopback
// addresses ("127.0.0.1:50050", "[::1]:0", "localhost:50050"), Unix sockets
// ("unix:/path", "unix-abstract:name"). False for anything not understood.
bool IsLoopback(absl::string_view listen_address);

}  // namespace sightline

#endif  // SIGHTLINE_COMMON_CREDENTIALS_SERVER_CREDENTIALS_H_
