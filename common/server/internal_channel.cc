#include "common/server/internal_channel.h"

#include <grpcpp/support/client_interceptor.h>
#include <openssl/crypto.h>
#include <openssl/rand.h>

#include <cstdio>
#include <cstdlib>
#include <utility>
#include <vector>

#include "absl/strings/escaping.h"

namespace sightline {
namespace {

using grpc::experimental::ClientInterceptorFactoryInterface;
using grpc::experimental::ClientRpcInfo;
using grpc::experimental::InterceptionHookPoints;
using grpc::experimental::Interceptor;
using grpc::experimental::InterceptorBatchMethods;

constexpr char kKey[] = "sightline-internal";

class AddSecret final : public Interceptor {
 public:
  explicit AddSecret(const std::string& secret) : secret_(secret) {}

  void Intercept(InterceptorBatchMethods* methods) override {
    if (methods->QueryInterceptionHookPoint(
            InterceptionHookPoints::PRE_SEND_INITIAL_METADATA)) {
      methods->GetSendInitialMetadata()->emplace(kKey, secret_);
    }
    methods->Proceed();
  }

 private:
  const std::string secret_;
};

class AddSecretFactory final : public ClientInterceptorFactoryInterface {
 public:
  explicit AddSecretFactory(const std::string& secret) : secret_(secret) {}
  Interceptor* CreateClientInterceptor(ClientRpcInfo*) override {
    return new AddSecret(secret_);
  }

 private:
  const std::string secret_;
};

}  // namespace

InternalCaller::InternalCaller() {
  unsigned char bits[32];
  if (RAND_bytes(bits, sizeof(bits)) != 1) {
    std::fputs("no random numbers: the system is not fit to serve\n", stderr);
    std::abort();
  }
  secret_ = absl::BytesToHexString(
      absl::string_view(reinterpret_cast<const char*>(bits), sizeof(bits)));
}

std::shared_ptr<grpc::Channel> InternalCaller::Connect(
    grpc::Server& server) const {
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(-1);
  std::vector<std::unique_ptr<ClientInterceptorFactoryInterface>> interceptors;
  interceptors.push_back(std::make_unique<AddSecretFactory>(secret_));
  return server.experimental().InProcessChannelWithInterceptors(
      arguments, std::move(interceptors));
}

bool InternalCaller::IsInternal(
    const grpc::CallbackServerContext& context) const {
  const auto found = context.client_metadata().find(kKey);
  return found != context.client_metadata().end() &&
         found->second.size() == secret_.size() &&
         CRYPTO_memcmp(found->second.data(), secret_.data(), secret_.size()) ==
             0;
}

}  // namespace sightline
