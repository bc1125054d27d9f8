// A built server, running: started on a free port, waited for until its health
// service says SERVING.
//
//   SL_ASSIGN_OR_RETURN(const auto server,
//                       ServerProgram::Start("sightline-omr"));
//   const auto stub = GradeService::NewStub(server->Connect());
//   ...
//   server->process().Signal(SIGTERM);
//   EXPECT_EQ(server->process().Wait(absl::Seconds(30))->code, 0);
#ifndef SIGHTLINE_TESTS_SUPPORT_PROCESS_SERVER_PROGRAM_H_
#define SIGHTLINE_TESTS_SUPPORT_PROCESS_SERVER_PROGRAM_H_

#include <grpcpp/channel.h>
#include <grpcpp/security/credentials.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "tests/support/process/child_process.h"

namespace sightline::process {

struct ServerProgramOptions {
  // Port 0: a free one is found. Or "unix:/path".
  std::string listen = "127.0.0.1:0";
  // "off", or host:port as above.
  std::string metrics_listen = "off";
  // Beside --listen and --metrics_listen.
  std::vector<std::string> flags;
  std::vector<std::pair<std::string, std::string>> environment;
  const MemoryGroup* memory_group = nullptr;
  // How to connect; null: without TLS.
  std::shared_ptr<grpc::ChannelCredentials> credentials;
};

class ServerProgram {
 public:
  // Errors: Internal (it does not start, or does not serve in time; the
  // message ends with its output).
  static absl::StatusOr<std::unique_ptr<ServerProgram>> Start(
      const std::string& name, ServerProgramOptions options = {});

  ChildProcess& process() { return *process_; }
  // What a client connects to.
  const std::string& address() const { return address_; }
  // 0 without a metrics endpoint.
  int metrics_port() const { return metrics_port_; }

  // A channel with a connection of its own.
  std::shared_ptr<grpc::Channel> Connect() const;

  // The value of a line of GET /metrics such as
  // `sightline_executor_busy_threads{pool="..."}`; 0 if there is none.
  // Errors: Unavailable.
  absl::StatusOr<double> Metric(const std::string& series) const;

 private:
  explicit ServerProgram(ServerProgramOptions options)
      : options_(std::move(options)) {}

  absl::Status WaitUntilServing();

  const ServerProgramOptions options_;
  std::unique_ptr<ChildProcess> process_;
  std::string address_;
  int metrics_port_ = 0;
};

}  // namespace sightline::process

#endif  // SIGHTLINE_TESTS_SUPPORT_PROCESS_SERVER_PROGRAM_H_
