#include "tests/unit/common/credentials/who_am_i.h"

#include <grpcpp/generic/generic_stub.h>

#include <chrono>
#include <condition_variable>
#include <mutex>

#include "absl/strings/str_cat.h"

namespace sightline {
namespace {

class Reactor : public grpc::ServerGenericBidiReactor {
 public:
  explicit Reactor(grpc::GenericCallbackServerContext* context)
      : context_(context) {
    StartRead(&request_);
  }
  void OnReadDone(bool) override {
    std::string name = "nobody";
    for (const grpc::string_ref& value :
         context_->auth_context()->FindPropertyValues("x509_common_name")) {
      name.assign(value.data(), value.size());
    }
    const auto shown = context_->client_metadata().find("authorization");
    if (shown != context_->client_metadata().end()) {
      absl::StrAppend(&name, " ",
                      std::string(shown->second.data(), shown->second.size()));
    }
    const grpc::Slice slice(name);
    answer_ = grpc::ByteBuffer(&slice, 1);
    StartWriteAndFinish(&answer_, {}, grpc::Status::OK);
  }
  void OnDone() override { delete this; }

 private:
  grpc::GenericCallbackServerContext* const context_;
  grpc::ByteBuffer request_, answer_;
};

}  // namespace

grpc::ServerGenericBidiReactor* WhoAmI::CreateReactor(
    grpc::GenericCallbackServerContext* context) {
  return new Reactor(context);
}

Answer AskWhoAmI(const std::shared_ptr<grpc::Channel>& channel,
                 grpc::ClientContext& context) {
  grpc::GenericStub stub(channel);
  context.set_deadline(std::chrono::system_clock::now() +
                       std::chrono::seconds(10));
  const grpc::Slice nothing("");
  const grpc::ByteBuffer request(&nothing, 1);
  grpc::ByteBuffer response;
  std::mutex mutex;
  std::condition_variable is_done_changed;
  bool is_done = false;
  Answer answer;
  stub.UnaryCall(&context, "/test.Service/WhoAmI", {}, &request, &response,
                 [&](grpc::Status status) {
                   std::lock_guard<std::mutex> lock(mutex);
                   answer.status = std::move(status);
                   is_done = true;
                   is_done_changed.notify_one();
                 });
  std::unique_lock<std::mutex> lock(mutex);
  is_done_changed.wait(lock, [&] { return is_done; });
  grpc::Slice slice;
  if (answer.status.ok() && response.DumpToSingleSlice(&slice).ok()) {
    answer.text.assign(reinterpret_cast<const char*>(slice.begin()),
                       slice.size());
  }
  if (context.auth_context() != nullptr) {
    for (const grpc::string_ref& value :
         context.auth_context()->FindPropertyValues("x509_common_name")) {
      answer.server_name.assign(value.data(), value.size());
    }
  }
  return answer;
}

}  // namespace sightline
