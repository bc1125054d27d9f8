// A unary call: memory first, then the request, then the answer.
#ifndef SIGHTLINE_COMMON_SERVER_UNARY_REACTOR_H_
#define SIGHTLINE_COMMON_SERVER_UNARY_REACTOR_H_

#include <memory>
#include <string>

#include "common/server/call_reactor.h"
#include "common/server/service.h"

namespace sightline {

class UnaryReactor final : public CallReactor {
 public:
  // `handler` outlives the call.
  UnaryReactor(Runtime& runtime, ServicePool& pool, std::string method,
               const UnaryHandler& handler,
               grpc::CallbackServerContext* context);

  void OnReadDone(bool ok) override;

 private:
  void Begin() override;
  void OnReadTimeout() override;
  void Compute(absl::Status admitted);

  const UnaryHandler& handler_;
  Lease body_;
  std::unique_ptr<Call> call_;  // Holds the answer's memory until OnDone().
  grpc::ByteBuffer request_;
};

}  // namespace sightline

#endif  // SIGHTLINE_COMMON_SERVER_UNARY_REACTOR_H_
