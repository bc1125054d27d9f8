// A client's way to a server that may ask for TLS, a certificate and a token.
//
//   SL_ASSIGN_OR_RETURN(const ClientChannel align,
//                       ClientChannel::Open(address, security, arguments));
//   grpc::ClientContext context;
//   const auto stub = AlignService::NewStub(align.Prepare(context));
//
// As on the server's side, files are checked before they are used, and a
// failure says which flag and which file, and what to do.
#ifndef SIGHTLINE_COMMON_CREDENTIALS_CLIENT_CHANNEL_H_
#define SIGHTLINE_COMMON_CREDENTIALS_CLIENT_CHANNEL_H_

#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>
#include <grpcpp/support/channel_arguments.h>

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"

namespace sightline {

// What a client knows of the server's security. The flags are named as the
// members are.
struct ClientSecurity {
  // What stands before these names in messages: "--align_" for --align_tls_ca.
  std::string flag_prefix = "--";
  // TLS with the system's certificate authorities; implied by what follows.
  bool tls = false;
  // PEM file of the authorities to trust instead.
  std::string tls_ca;
  // PEM files of this client, for servers that ask for one (mTLS): its
  // certificate, followed by intermediate ones, and its key.
  std::string tls_cert;
  std::string tls_key;
  // The name the server's certificate must have; empty: the address's host.
  std::string tls_name;
  // File with the bearer token to send with every call.
  std::string token_file;
  // A token without TLS may go to another machine.
  bool allow_plaintext_token = false;
  // For programs that outlive their files: these are read again, at most once
  // a second, when calls are made. A renewed certificate makes a new channel,
  // a new token counts at once. While the files are not usable, those read
  // before stay in use and the log says so.
  bool follow_files = false;
};

// Thread-safe; cheap to copy.
class ClientChannel {
 public:
  // Reads and checks the files; does not connect yet. Errors: InvalidArgument
  // TLS_FILES_INCOMPLETE (a certificate without its key or the other way
  // round); FailedPrecondition TOKEN_WOULD_LEAK (a token without TLS to another
  // machine), and those of CheckTlsFiles() and BearerToken::FromFile().
  static absl::StatusOr<ClientChannel> Open(
      const std::string& address, const ClientSecurity& security,
      const grpc::ChannelArguments& arguments = {});

  // A channel that exists already, without a token.
  ClientChannel(std::shared_ptr<grpc::Channel> channel);  // NOLINT: implicit.

  // Puts the token into `context`; returns the channel to make its call on.
  // `now` is for tests.
  std::shared_ptr<grpc::Channel> Prepare(grpc::ClientContext& context,
                                         absl::Time now = absl::Now()) const;

 private:
  class State;
  explicit ClientChannel(std::shared_ptr<State> state);
  std::shared_ptr<State> state_;
};

}  // namespace sightline

#endif  // SIGHTLINE_COMMON_CREDENTIALS_CLIENT_CHANNEL_H_
