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
#include "common/credentials/client_channel.h"
#include "common/stop/stop_token.h"
#include "grpcpp/channel.h"
#include "grpcpp/client_context.h"
#include "tools/sightline/arguments.h"

namespace sightline::cli {

// What the flags common to all subcommands say.
struct ConnectionOptions {
  // host:port or unix:/path.
  std::string server = "localhost:50050";
  ClientSecurity security;
  // For each call with its retries; for streams: without any progress.
  absl::Duration deadline = absl::Minutes(1);
  int retries = 3;
  // Answers above this are refused. No flag: a server is asked for pictures, so
  // it is believed in their size up to what the command can expect.
  int longest_answer_bytes = 128 << 20;
};

// Declares them under the heading "Connection"; the server that `options` names
// already is the default.
void AddConnectionFlags(ArgumentParser& parser, ConnectionOptions* options);

// Thread-safe once opened; cheap to copy.
class Connection {
 public:
  // Reads the files and makes a channel; does not connect yet. Errors:
  // InvalidArgument FLAG_INVALID, and those of ClientChannel::Open().
  static absl::StatusOr<Connection> Open(const ConnectionOptions& options);

  // For stubs; their contexts get the token from Prepare().
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
  Connection(ClientChannel client, ConnectionOptions options);

  ClientChannel client_;
  std::shared_ptr<grpc::Channel> channel_;
  ConnectionOptions options_;
};

}  // namespace sightline::cli

#endif  // SIGHTLINE_TOOLS_SIGHTLINE_CLIENT_CONNECTION_H_
