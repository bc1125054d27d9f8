#include "tests/support/process/server_program.h"

#include <arpa/inet.h>
#include <grpcpp/grpcpp.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdlib>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "common/status/status_macros.h"
#include "grpc/health/v1/health.grpc.pb.h"

namespace sightline::process {
namespace {

constexpr absl::Duration kStartTimeout = absl::Seconds(60);

// The number behind `name` in a JSON line of the log.
int NumberIn(const std::string& line, const std::string& name) {
  const std::string key = absl::StrCat("\"", name, "\":");
  const size_t at = line.find(key);
  return at == std::string::npos ? 0
                                 : std::atoi(line.c_str() + at + key.size());
}

// The whole answer to GET /metrics on a loopback port.
absl::StatusOr<std::string> GetMetrics(int port) {
  const int connection = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const std::string request =
      "GET /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
  if (connect(connection, reinterpret_cast<sockaddr*>(&address),
              sizeof(address)) != 0 ||
      send(connection, request.data(), request.size(), MSG_NOSIGNAL) !=
          static_cast<ssize_t>(request.size())) {
    close(connection);
    return absl::UnavailableError("the metrics endpoint can't be reached");
  }
  std::string answer;
  char buffer[4096];
  for (ssize_t bytes;
       (bytes = recv(connection, buffer, sizeof(buffer), 0)) > 0;) {
    answer.append(buffer, static_cast<size_t>(bytes));
  }
  close(connection);
  return answer;
}

}  // namespace

absl::StatusOr<std::unique_ptr<ServerProgram>> ServerProgram::Start(
    const std::string& name, ServerProgramOptions options) {
  ChildOptions child;
  child.arguments = {absl::StrCat("--listen=", options.listen),
                     absl::StrCat("--metrics_listen=", options.metrics_listen)};
  child.arguments.insert(child.arguments.end(), options.flags.begin(),
                         options.flags.end());
  child.environment = options.environment;
  child.memory_group = options.memory_group;
  auto server =
      std::unique_ptr<ServerProgram>(new ServerProgram(std::move(options)));
  SL_ASSIGN_OR_RETURN(server->process_,
                      ChildProcess::Start(BuiltProgram(name), child));
  const absl::Status serving = server->WaitUntilServing();
  if (serving.ok()) return server;
  return absl::InternalError(
      absl::StrCat(name, " does not serve: ", std::string(serving.message()),
                   "; its output:\n", server->process_->Output()));
}

absl::Status ServerProgram::WaitUntilServing() {
  const absl::Time deadline = absl::Now() + kStartTimeout;
  const std::optional<std::string> line =
      process_->WaitForLine("\"message\":\"serving\"", kStartTimeout);
  if (!line.has_value()) return absl::UnavailableError("no line says so");
  address_ = options_.listen;
  if (absl::EndsWith(address_, ":0")) {
    address_.pop_back();
    absl::StrAppend(&address_, NumberIn(*line, "port"));
  }
  metrics_port_ = NumberIn(*line, "metrics_port");
  const auto health = grpc::health::v1::Health::NewStub(Connect());
  grpc::health::v1::HealthCheckResponse response;
  grpc::Status status;
  do {
    grpc::ClientContext context;
    context.set_wait_for_ready(true);
    context.set_deadline(absl::ToChronoTime(absl::Now() + absl::Seconds(10)));
    status = health->Check(&context, {}, &response);
    if (status.ok() &&
        response.status() == grpc::health::v1::HealthCheckResponse::SERVING) {
      return absl::OkStatus();
    }
  } while (absl::Now() < deadline &&
           status.error_code() == grpc::StatusCode::UNAVAILABLE);
  return absl::UnavailableError(absl::StrCat("health says ", response.status(),
                                             " ", status.error_message()));
}

std::shared_ptr<grpc::Channel> ServerProgram::Connect() const {
  grpc::ChannelArguments arguments;
  // Channels with equal arguments share connections unless told not to.
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  arguments.SetMaxReceiveMessageSize(-1);
  return grpc::CreateCustomChannel(address_,
                                   options_.credentials != nullptr
                                       ? options_.credentials
                                       : grpc::InsecureChannelCredentials(),
                                   arguments);
}

absl::StatusOr<double> ServerProgram::Metric(const std::string& series) const {
  SL_ASSIGN_OR_RETURN(const std::string page, GetMetrics(metrics_port_));
  for (const absl::string_view line : absl::StrSplit(page, '\n')) {
    double value = 0;
    if (absl::StartsWith(line, absl::StrCat(series, " ")) &&
        absl::SimpleAtod(line.substr(series.size() + 1), &value)) {
      return value;
    }
  }
  return 0.0;
}

}  // namespace sightline::process
