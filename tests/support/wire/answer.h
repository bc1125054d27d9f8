// What comes back from a call, and how a test makes one.
#ifndef SIGHTLINE_TESTS_SUPPORT_WIRE_ANSWER_H_
#define SIGHTLINE_TESTS_SUPPORT_WIRE_ANSWER_H_

#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "common/server/server.h"
#include "common/status/error.h"
#include "common/status/grpc_status.h"

namespace sightline::wire {

// A free loopback port, no metrics endpoint, two workers, 2 GiB (the test
// itself counts as idle memory), no predrain.
ServerOptions TestOptions();

// Starts `server`; ends the process if it does not start.
void StartOrDie(Server& server);

// A connection of its own to `server` over TCP, for messages of any size.
std::shared_ptr<grpc::Channel> Connect(const Server& server);

// What came back from a call.
template <typename Response>
struct Answer {
  absl::Status status;
  Response response;

  bool ok() const { return status.ok(); }
  // ErrorInfo.reason; empty if there is none.
  std::string reason() const {
    return DetailsOf(status).value_or(ErrorDetails{}).reason;
  }
  // The first violation's path; empty if there is none.
  std::string field() const {
    const ErrorDetails details = DetailsOf(status).value_or(ErrorDetails{});
    return details.fields.empty() ? "" : details.fields[0].field;
  }
};

// `invoke`: a call of a stub,
// [&](auto* context, auto* response) { return stub->X(context, request,
// response); }. Waits long: a busy machine must not fail a test.
template <typename Response, typename Invoke>
Answer<Response> AskWith(const Invoke& invoke) {
  grpc::ClientContext context;
  context.set_deadline(absl::ToChronoTime(absl::Now() + absl::Seconds(60)));
  Answer<Response> answer;
  answer.status = FromGrpcStatus(invoke(&context, &answer.response));
  return answer;
}

}  // namespace sightline::wire

#endif  // SIGHTLINE_TESTS_SUPPORT_WIRE_ANSWER_H_
