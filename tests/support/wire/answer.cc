#include "tests/support/wire/answer.h"

#include <grpcpp/grpcpp.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>

#include "absl/strings/str_cat.h"

namespace sightline::wire {

ServerOptions TestOptions() {
  ServerOptions options;
  options.listen = "127.0.0.1:0";
  options.memory_budget_bytes = int64_t{2} << 30;
  options.threads = 2;
  options.predrain = absl::ZeroDuration();
  options.drain_timeout = absl::Seconds(10);
  return options;
}

void StartOrDie(Server& server) {
  const absl::Status started = server.Start();
  if (started.ok()) return;
  std::fprintf(stderr, "the server does not start: %s\n",
               started.ToString().c_str());
  std::abort();
}

std::shared_ptr<grpc::Channel> Connect(const Server& server) {
  grpc::ChannelArguments arguments;
  // Channels with equal arguments share connections unless told not to.
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  arguments.SetMaxSendMessageSize(-1);
  arguments.SetMaxReceiveMessageSize(-1);
  return grpc::CreateCustomChannel(absl::StrCat("127.0.0.1:", server.port()),
                                   grpc::InsecureChannelCredentials(),
                                   arguments);
}

}  // namespace sightline::wire
