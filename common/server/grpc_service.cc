#include "common/server/grpc_service.h"

#include <grpcpp/grpcpp.h>
#include <grpcpp/impl/codegen/rpc_service_method.h>
#include <grpcpp/impl/codegen/server_callback_handlers.h>

#include <utility>

#include "absl/strings/str_cat.h"
#include "common/server/answer_stream_reactor.h"
#include "common/server/conveyor_reactor.h"
#include "common/server/reasons.h"
#include "common/server/unary_reactor.h"
#include "common/status/error.h"

namespace sightline {
namespace {

using BufferHandler =
    grpc::internal::CallbackBidiHandler<grpc::ByteBuffer, grpc::ByteBuffer>;

absl::Status Misfit(absl::string_view what) {
  return Error(absl::StatusCode::kInternal, kInternal).Message(what);
}

absl::Status CheckMethod(const google::protobuf::MethodDescriptor& declared,
                         const MethodDefinition& method) {
  const bool is_conveyor = method.conveyor != nullptr;
  const bool answers_many = is_conveyor || method.answer_stream != nullptr;
  if (declared.input_type() != method.request ||
      declared.output_type() != method.response ||
      declared.client_streaming() != is_conveyor ||
      declared.server_streaming() != answers_many) {
    return Misfit(absl::StrCat(declared.full_name(),
                               " is served with other message types or another "
                               "kind of streaming than its proto declares"));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::unique_ptr<GrpcService>> GrpcService::Create(
    const sightline::Service& service, Runtime& runtime, ServicePool& pool) {
  const auto* descriptor =
      google::protobuf::DescriptorPool::generated_pool()->FindServiceByName(
          service.full_name());
  if (descriptor == nullptr) {
    return Misfit(absl::StrCat("no proto declares ", service.full_name()));
  }
  if (descriptor->method_count() !=
      static_cast<int>(service.methods().size())) {
    return Misfit(absl::StrCat(service.full_name(), " declares ",
                               descriptor->method_count(), " methods, ",
                               service.methods().size(), " are served"));
  }
  std::unique_ptr<GrpcService> grpc_service(new GrpcService());
  for (const MethodDefinition& method : service.methods()) {
    const auto* declared = descriptor->FindMethodByName(method.name);
    if (declared == nullptr) {
      return Misfit(
          absl::StrCat(service.full_name(), " declares no ", method.name));
    }
    SL_RETURN_IF_ERROR(CheckMethod(*declared, method));
    grpc_service->AddBufferMethod(
        absl::StrCat(service.full_name(), "/", method.name), method, runtime,
        pool);
  }
  return grpc_service;
}

void GrpcService::AddBufferMethod(const std::string& path,
                                  const MethodDefinition& method,
                                  Runtime& runtime, ServicePool& pool) {
  paths_.push_back(absl::StrCat("/", path));
  const int index = static_cast<int>(paths_.size()) - 1;
  AddMethod(new grpc::internal::RpcServiceMethod(
      paths_.back().c_str(), grpc::internal::RpcMethod::BIDI_STREAMING,
      nullptr));
  MarkMethodRawCallback(
      index, new BufferHandler([&runtime, &pool, &method,
                                path](grpc::CallbackServerContext* context) {
        std::shared_ptr<CallReactor> reactor;
        if (method.conveyor != nullptr) {
          reactor = std::make_shared<ConveyorReactor>(
              runtime, pool, path, method.conveyor(), context);
        } else if (method.answer_stream != nullptr) {
          reactor = std::make_shared<AnswerStreamReactor>(
              runtime, pool, path, method.answer_stream, context);
        } else {
          reactor = std::make_shared<UnaryReactor>(runtime, pool, path,
                                                   method.unary, context);
        }
        return CallReactor::Launch(std::move(reactor));
      }));
}

}  // namespace sightline
