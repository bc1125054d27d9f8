// A gRPC server that stays within its memory, answers health while it
// computes, and leaves without losing a call.
//
//   int main(int argc, char** argv) {
//     return sightline::RunProgram(
//         argc, argv, {.name = "sightline-echo", .purpose = "...",
//                      .port = 50099},
//         [](sightline::Server& server) -> absl::Status {
//           server.Add(std::make_unique<EchoService>());
//           return absl::OkStatus();
//         });
//   }
//
// What every server has: health (names "", "liveness", "readiness", "startup"
// and every service), reflection, metrics, TLS, a bearer token, drain.
#ifndef SIGHTLINE_COMMON_SERVER_SERVER_H_
#define SIGHTLINE_COMMON_SERVER_SERVER_H_

#include <grpcpp/channel.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "common/server/server_options.h"
#include "common/server/service.h"

namespace prometheus {
class Registry;
}

namespace sightline {

class Server {
 public:
  explicit Server(ServerOptions options);
  // Drains without waiting if that was not done.
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  // Adds a service before Start(). `memory_share`: its part of the memory that
  // calls share, relative to the other services'. `threads`: how many compute
  // for it; 0: as the options say.
  void Add(std::unique_ptr<Service> service, double memory_share = 1,
           int threads = 0);

  // Memory that the program keeps beside its calls, such as caches: the calls
  // share so much less. Before Start().
  void SetAside(int64_t bytes);

  // Asked now and then while the server runs, on one thread: once it fails, the
  // health name "readiness" is NOT_SERVING to the end, for the orchestrator to
  // put another process in this one's place; calls are answered all the same.
  // Must not block. Before Start().
  void SetReadiness(std::function<absl::Status()> check);

  // Called once when the server begins to drain, on the thread that drains it:
  // for work beside the calls that shall stop meanwhile. Must not block. Before
  // Start().
  void AtDrain(std::function<void()> function);

  // Listens and serves. Errors: InvalidArgument BAD_CONFIGURATION (an address
  // that can't be listened on, credentials that can't work, too little memory
  // to serve a single call), Internal (a service that does not fit its proto).
  absl::Status Start();

  // Waits until SIGTERM or SIGINT, then Drain()s. A second signal ends the
  // drain at once. Only one server of a process may do this, and signals must
  // be blocked since before the first thread (RunProgram() does that).
  void RunUntilSignal();

  // Not serving, then refuse new calls, wait for those inside, stop.
  void Drain();

  // A channel to this server's services within the process, also for calls
  // made while it drains. After Start(); null before.
  std::shared_ptr<grpc::Channel> InProcessChannel();

  // Where services register their own metrics, named sightline_*.
  prometheus::Registry& metrics_registry();

  const ServerOptions& options() const;
  // The port listened on; 0 for Unix sockets.
  int port() const;
  int metrics_port() const;
  // Bytes that calls may share, of all services.
  int64_t call_memory_bytes() const;
  // Calls that wait for a worker now, of all services. Any thread; 0 before
  // Start().
  int queued_calls() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

// The main() of a server: options, allocator, log, signals, `wire` (adds the
// services), start, run. Returns the exit code: 0 after a signal, 2 for a bad
// configuration.
int RunProgram(int argc, char** argv, const Program& program,
               const std::function<absl::Status(Server&)>& wire);

}  // namespace sightline

#endif  // SIGHTLINE_COMMON_SERVER_SERVER_H_
