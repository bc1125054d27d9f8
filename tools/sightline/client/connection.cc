#include "tools/sightline/client/connection.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "common/status/error.h"
#include "common/status/status_macros.h"
#include "grpc/health/v1/health.grpc.pb.h"
#include "tools/sightline/client/retry.h"
#include "tools/sightline/client/rpc_error.h"

namespace sightline::cli {
void AddConnectionFlags(ArgumentParser& parser, ConnectionOptions* options) {
  parser.Heading("Connection");
  parser.Add(
      "server", "ADDRESS",
      absl::StrCat("host:port or unix:/path. Default ", options->server, "."),
      &options->server);
  parser.AddSwitch("tls", "Encrypt, trusting the system's authorities.",
                   &options->security.tls);
  parser.Add("tls_ca", "FILE", "Encrypt, trusting the authorities in this PEM.",
             &options->security.tls_ca);
  parser.Add("tls_cert", "FILE", "This client's certificate, PEM (mTLS).",
             &options->security.tls_cert);
  parser.Add("tls_key", "FILE", "Its key, PEM.", &options->security.tls_key);
  parser.Add("tls_name", "NAME",
             "Name the server's certificate must have. Default: the host.",
             &options->security.tls_name);
  parser.Add("token_file", "FILE", "Bearer token to send with every call.",
             &options->security.token_file);
  parser.AddSwitch("allow_plaintext_token",
                   "Send the token to another machine without TLS.",
                   &options->security.allow_plaintext_token);
  parser.Add("deadline", "DURATION",
             "Longest time of a call with its retries; for streams, the "
             "longest time without any progress. Default 1m.",
             &options->deadline);
  parser.Add("retries", "N",
             absl::StrCat("How often a call is repeated that the server was "
                          "too busy for or that did not reach it. Default ",
                          options->retries, "."),
             &options->retries);
}

Connection::Connection(ClientChannel client, ConnectionOptions options)
    : client_(std::move(client)), options_(std::move(options)) {
  // The files are read once, so this stays the channel.
  grpc::ClientContext context;
  channel_ = client_.Prepare(context);
}

absl::StatusOr<Connection> Connection::Open(const ConnectionOptions& options) {
  if (options.retries < 0 || options.retries > 1000) {
    return Error(absl::StatusCode::kInvalidArgument, "FLAG_INVALID")
        .Message("--retries must lie in 0..1000");
  }
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(options.longest_answer_bytes);
  // Our own retries follow the server's RetryInfo.
  arguments.SetInt(GRPC_ARG_ENABLE_RETRIES, 0);
  // A connection of its own for each Connection: `bench` counts on it.
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 200);
  arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, 2000);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 2000);

  SL_ASSIGN_OR_RETURN(
      ClientChannel client,
      ClientChannel::Open(options.server, options.security, arguments));
  return Connection(std::move(client), options);
}

void Connection::Prepare(grpc::ClientContext& context,
                         absl::Time deadline) const {
  client_.Prepare(context);
  if (deadline < absl::InfiniteFuture()) {
    context.set_deadline(absl::ToChronoTime(deadline));
  }
}

absl::Status Connection::CallOnce(
    const StopToken& stop, absl::Time deadline,
    const std::function<grpc::Status(grpc::ClientContext*)>& call) const {
  grpc::ClientContext context;
  Prepare(context, deadline);
  const StopCallback cancel(stop, [&context] { context.TryCancel(); });
  return FromCall(call(&context), context);
}

absl::Status Connection::WaitUntilReady(const StopToken& stop) const {
  // A health check, whatever it answers, connects and says why it could not.
  const auto stub = grpc::health::v1::Health::NewStub(channel_);
  const absl::Status status = Call(stop, [&](grpc::ClientContext* context) {
    const grpc::health::v1::HealthCheckRequest request;
    grpc::health::v1::HealthCheckResponse response;
    return stub->Check(context, request, &response);
  });
  if (status.code() == absl::StatusCode::kUnavailable ||
      status.code() == absl::StatusCode::kDeadlineExceeded ||
      status.code() == absl::StatusCode::kUnauthenticated) {
    return status;
  }
  return stop.Poll();
}

absl::Status Connection::CallWithRetries(
    const StopToken& stop, const std::function<absl::Status()>& attempt) const {
  return cli::CallWithRetries(options_.retries, absl::Now() + options_.deadline,
                              stop, attempt);
}

absl::Status Connection::Call(
    const StopToken& stop,
    const std::function<grpc::Status(grpc::ClientContext*)>& call) const {
  const absl::Time deadline = absl::Now() + options_.deadline;
  return cli::CallWithRetries(options_.retries, deadline, stop,
                              [&] { return CallOnce(stop, deadline, call); });
}

}  // namespace sightline::cli
