// A call with one request message: memory first, then the message, then a
// worker.
#ifndef SIGHTLINE_COMMON_SERVER_SINGLE_REQUEST_REACTOR_H_
#define SIGHTLINE_COMMON_SERVER_SINGLE_REQUEST_REACTOR_H_

#include "common/server/call_reactor.h"

namespace sightline {

class SingleRequestReactor : public CallReactor {
 public:
  void OnReadDone(bool ok) final;

 protected:
  using CallReactor::CallReactor;

  // The request has arrived. Called once, on an executor thread: with OK, or
  // with the reason for which it must not be computed.
  virtual void Compute(absl::Status admitted) = 0;

  // What a failure ends with: the request's memory is given back first.
  void Refuse(const absl::Status& status);

  // The request and its memory; Compute() takes both.
  grpc::ByteBuffer request_;
  Lease body_;

 private:
  void Begin() final;
  void OnReadTimeout() final;
};

}  // namespace sightline

#endif  // SIGHTLINE_COMMON_SERVER_SINGLE_REQUEST_REACTOR_H_
