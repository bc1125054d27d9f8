#include "tools/sightline/client/connection.h"

#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/status/error.h"
#include "common/status/status_macros.h"
#include "grpc/health/v1/health.grpc.pb.h"
#include "grpcpp/create_channel.h"
#include "grpcpp/security/credentials.h"
#include "tools/sightline/client/retry.h"
#include "tools/sightline/client/rpc_error.h"
#include "tools/sightline/input/read_file.h"

namespace sightline::cli {
namespace {

constexpr int64_t kLongestCredential = 1 << 20;
// Answers carry pictures of pages; a server is asked for them, so it is
// believed in their size up to this.
constexpr int kLongestAnswerBytes = 128 << 20;

absl::StatusOr<std::string> ReadCredential(const std::string& path) {
  if (path.empty()) return std::string();
  return ReadFile(path, kLongestCredential);
}

absl::StatusOr<std::string> ReadToken(const std::string& path) {
  SL_ASSIGN_OR_RETURN(const std::string content, ReadCredential(path));
  const std::string token(absl::StripAsciiWhitespace(content));
  for (const char letter : token) {
    if (!absl::ascii_isgraph(static_cast<unsigned char>(letter))) {
      return Error(absl::StatusCode::kInvalidArgument, "TOKEN_INVALID")
          .Message(absl::StrCat("--token_file: ", path,
                                " must hold one token, printable and without "
                                "spaces or further lines"));
    }
  }
  if (token.empty()) {
    return Error(absl::StatusCode::kInvalidArgument, "TOKEN_INVALID")
        .Message(absl::StrCat("--token_file: ", path, " is empty"));
  }
  return token;
}

}  // namespace

void AddConnectionFlags(ArgumentParser& parser, ConnectionOptions* options) {
  parser.Heading("Connection");
  parser.Add("server", "ADDRESS",
             "host:port or unix:/path. Default localhost:50050, the port of "
             "sightline-omr.",
             &options->server);
  parser.AddSwitch("tls", "Encrypt, trusting the system's authorities.",
                   &options->tls);
  parser.Add("tls_ca", "FILE", "Encrypt, trusting the authorities in this PEM.",
             &options->tls_ca);
  parser.Add("tls_cert", "FILE", "This client's certificate, PEM (mTLS).",
             &options->tls_cert);
  parser.Add("tls_key", "FILE", "Its key, PEM.", &options->tls_key);
  parser.Add("tls_name", "NAME",
             "Name the server's certificate must have. Default: the host.",
             &options->tls_name);
  parser.Add("token_file", "FILE", "Bearer token to send with every call.",
             &options->token_file);
  parser.AddSwitch("allow_plaintext_token",
                   "Send the token to another machine without TLS.",
                   &options->allow_plaintext_token);
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

bool IsLocalAddress(absl::string_view server) {
  if (absl::StartsWith(server, "unix:") ||
      absl::StartsWith(server, "unix-abstract:")) {
    return true;
  }
  const absl::string_view host = server.substr(0, server.rfind(':'));
  return host == "localhost" || host == "[::1]" || host == "::1" ||
         (absl::StartsWith(host, "127.") &&
          host.find_first_not_of("0123456789.") == absl::string_view::npos);
}

Connection::Connection(std::shared_ptr<grpc::Channel> channel,
                       ConnectionOptions options)
    : channel_(std::move(channel)), options_(std::move(options)) {}

absl::StatusOr<Connection> Connection::Open(const ConnectionOptions& options) {
  if (options.retries < 0 || options.retries > 1000) {
    return Error(absl::StatusCode::kInvalidArgument, "FLAG_INVALID")
        .Message("--retries must lie in 0..1000");
  }
  if (options.tls_cert.empty() != options.tls_key.empty()) {
    return Error(absl::StatusCode::kInvalidArgument, "FLAG_INVALID")
        .Message("--tls_cert and --tls_key belong together");
  }
  const bool tls = options.tls || !options.tls_ca.empty() ||
                   !options.tls_cert.empty() || !options.tls_name.empty();
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(kLongestAnswerBytes);
  // Our own retries follow the server's RetryInfo.
  arguments.SetInt(GRPC_ARG_ENABLE_RETRIES, 0);
  // A connection of its own for each Connection: `bench` counts on it.
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 200);
  arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, 2000);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 2000);

  std::shared_ptr<grpc::ChannelCredentials> credentials;
  if (tls) {
    grpc::SslCredentialsOptions ssl;
    SL_ASSIGN_OR_RETURN(ssl.pem_root_certs, ReadCredential(options.tls_ca));
    SL_ASSIGN_OR_RETURN(ssl.pem_cert_chain, ReadCredential(options.tls_cert));
    SL_ASSIGN_OR_RETURN(ssl.pem_private_key, ReadCredential(options.tls_key));
    if (!options.tls_ca.empty() &&
        !absl::StrContains(ssl.pem_root_certs, "BEGIN CERTIFICATE")) {
      return Error(absl::StatusCode::kInvalidArgument, "FLAG_INVALID")
          .Message(absl::StrCat("--tls_ca: ", options.tls_ca,
                                " holds no PEM certificate"));
    }
    credentials = grpc::SslCredentials(ssl);
    if (!options.tls_name.empty()) {
      arguments.SetSslTargetNameOverride(options.tls_name);
    }
  } else {
    credentials = grpc::InsecureChannelCredentials();
  }

  Connection connection(
      grpc::CreateCustomChannel(options.server, credentials, arguments),
      options);
  if (!options.token_file.empty()) {
    if (!tls && !IsLocalAddress(options.server) &&
        !options.allow_plaintext_token) {
      return Error(absl::StatusCode::kFailedPrecondition, "TOKEN_WOULD_LEAK")
          .Message(absl::StrCat(
              "the token would travel unencrypted to ", options.server,
              ": use --tls_ca, or --allow_plaintext_token if the way there is "
              "safe"));
    }
    SL_ASSIGN_OR_RETURN(const std::string token, ReadToken(options.token_file));
    connection.authorization_ = absl::StrCat("Bearer ", token);
  }
  return connection;
}

void Connection::Prepare(grpc::ClientContext& context,
                         absl::Time deadline) const {
  if (!authorization_.empty()) {
    context.AddMetadata("authorization", authorization_);
  }
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
