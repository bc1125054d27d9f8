// A connection to one Sightline server: address, credentials, time limits.
#ifndef SIGHTLINE_TOOLS_SIGHTLINE_CLIENT_CONNECTION_H_
#define SIGHTLINE_TOOLS_SIGHTLINE_CLIENT_CONNECTION_H_

#include <functional>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "common/stop/stop_token.h"
#include "grpcpp/channel.h"
#include "grpcpp/client_context.h"
#include "tools/sightline/arguments.h"

namespace sightline::cli {

// What the flags common to all subcommands say.
struct ConnectionOptions {
  // host:port or unix:/path.
  std::string server = "localhost:50050";
  // TLS with the system's certificate authorities; implied by the files below.
  bool tls = false;
  // PEM file of the authorities to trust instead.
  std::string tls_ca;
  // PEM files of this client, for servers that ask for one (mTLS).
  std::string tls_cert;
  std::string tls_key;
  // The name the server's certificate must have; default: the host's.
  std::string tls_name;
  // File with the bearer token.
  std::string token_file;
  bool allow_plaintext_token = false;
  // For each call with its retries; for streams: without any progress.
  absl::Duration deadline = absl::Minutes(1);
  int retries = 3;
};

// Declares them under the heading "Connection".
void AddConnectionFlags(ArgumentParser& parser, ConnectionOptions* options);

// Thread-safe once opened; cheap to copy.
class Connection {
 public:
  // Reads the files and makes a channel; does not connect yet. Errors:
  // InvalidArgument (unreadable options), NotFound (a file), FailedPrecondition
  // TOKEN_WOULD_LEAK (a token without TLS to another machine).
  static absl::StatusOr<Connection> Open(const ConnectionOptions& options);

  // For tests: a channel that exists already.
  Connection(std::shared_ptr<grpc::Channel> channel, ConnectionOptions options);

  const std::shared_ptr<grpc::Channel>& channel() const { return channel_; }
  const ConnectionOptions& options() const { return options_; }

  // Puts the token and, unless infinite, the deadline into `context`.
  void Prepare(grpc::ClientContext& context, absl::Time deadline) const;

  // Connects. Errors: Unavailable, DeadlineExceeded (there is no connection),
  // Unauthenticated (the server refuses the token); the stop's reason.
  absl::Status WaitUntilReady(const StopToken& stop) const;

  // Makes a unary call with deadline, retries and cancellation:
  //   connection.Call(stop, [&](grpc::ClientContext* context) {
  //     response.Clear();
  //     return stub->GradeSheet(context, request, &response);
  //   });
  absl::Status Call(
      const StopToken& stop,
      const std::function<grpc::Status(grpc::ClientContext*)>& call) const;

  // Repeats whatever `attempt` does by the same rules.
  absl::Status CallWithRetries(
      const StopToken& stop,
      const std::function<absl::Status()>& attempt) const;

  // One call, without retries.
  absl::Status CallOnce(
      const StopToken& stop, absl::Time deadline,
      const std::function<grpc::Status(grpc::ClientContext*)>& call) const;

 private:
  std::shared_ptr<grpc::Channel> channel_;
  ConnectionOptions options_;
  std::string authorization_;  // "Bearer ..." or empty.
};

// Whether an address stays on this machine: unix:, localhost, 127.*, [::1].
bool IsLocalAddress(absl::string_view server);

}  // namespace sightline::cli

#endif  // SIGHTLINE_TOOLS_SIGHTLINE_CLIENT_CONNECTION_H_
