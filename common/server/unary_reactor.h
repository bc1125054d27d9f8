// A unary call: one request, one answer.
#ifndef SIGHTLINE_COMMON_SERVER_UNARY_REACTOR_H_
#define SIGHTLINE_COMMON_SERVER_UNARY_REACTOR_H_

#include <memory>
#include <string>

#include "common/server/service.h"
#include "common/server/single_request_reactor.h"

namespace sightline {

class UnaryReactor final : public SingleRequestReactor {
 public:
  // `handler` outlives the call.
  UnaryReactor(Runtime& runtime, ServicePool& pool, std::string method,
               const UnaryHandler& handler,
               grpc::CallbackServerContext* context);

 private:
  void Compute(absl::Status admitted) override;

  const UnaryHandler& handler_;
  std::unique_ptr<Call> call_;  // Holds the answer's memory until OnDone().
};

}  // namespace sightline

#endif  // SIGHTLINE_COMMON_SERVER_UNARY_REACTOR_H_
