// A service that tells its callers who they are.
#ifndef SIGHTLINE_TESTS_UNIT_COMMON_CREDENTIALS_WHO_AM_I_H_
#define SIGHTLINE_TESTS_UNIT_COMMON_CREDENTIALS_WHO_AM_I_H_

#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>
#include <grpcpp/generic/async_generic_service.h>
#include <grpcpp/support/status.h>

#include <memory>
#include <string>

namespace sightline {

// Answers every call with the common name of the client's certificate, or
// "nobody", and what its metadata say under "authorization", if anything:
// "client 1 Bearer secret".
class WhoAmI : public grpc::CallbackGenericService {
 public:
  grpc::ServerGenericBidiReactor* CreateReactor(
      grpc::GenericCallbackServerContext* context) override;
};

// What a call gave.
struct Answer {
  grpc::Status status;
  std::string text;
  // Subject of the server's certificate.
  std::string server_name;
};

// Calls WhoAmI; gives up after ten seconds.
Answer AskWhoAmI(const std::shared_ptr<grpc::Channel>& channel,
                 grpc::ClientContext& context);

}  // namespace sightline

#endif  // SIGHTLINE_TESTS_UNIT_COMMON_CREDENTIALS_WHO_AM_I_H_
