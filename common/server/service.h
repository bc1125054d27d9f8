// A gRPC service as its author writes it: methods by name, handlers without
// gRPC in them.
//
//   class EchoService final : public Service {
//    public:
//     EchoService() : Service(v1::EchoService::service_full_name()) {
//       Unary<v1::EchoRequest, v1::EchoResponse>(
//           "Echo", [this](Call& call, const v1::EchoRequest& request) {
//             return Echo(call, request);
//           });
//       AnswerStream<v1::WatchRequest, v1::WatchResponse>(
//           "Watch", [this](Call& call, const v1::WatchRequest& request,
//                           StreamWaker waker) {
//             return ...;  // a function that gives one answer after another
//           });
//       Conveyor<v1::EchoStreamRequest, v1::EchoStreamResponse>(
//           "EchoStream", [](Call& call, const v1::EchoSettings& settings) {
//             return ...;  // a function that processes one item
//           });
//     }
//
// Names and message types are checked against the proto's descriptor when the
// server starts: a method that is missing or has another type stops it.
//
// Handlers run on the service's executor, on any number of threads at once.
#ifndef SIGHTLINE_COMMON_SERVER_SERVICE_H_
#define SIGHTLINE_COMMON_SERVER_SERVICE_H_

#include <grpcpp/support/byte_buffer.h>

#include <functional>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/server/answer_stream.h"
#include "common/server/call.h"
#include "common/server/conveyor.h"
#include "common/server/wire.h"
#include "google/protobuf/descriptor.h"

namespace sightline {

// A unary method with the message types taken away.
using UnaryHandler =
    std::function<absl::StatusOr<grpc::ByteBuffer>(Call&, grpc::ByteBuffer&)>;

// A method of a service, ready to be served.
struct MethodDefinition {
  // "Align"
  std::string name;
  const google::protobuf::Descriptor* request = nullptr;
  const google::protobuf::Descriptor* response = nullptr;
  // Exactly one is set.
  UnaryHandler unary;
  AnswerStreamHandler answer_stream;
  std::function<std::unique_ptr<ConveyorCodec>()> conveyor;
};

class Service {
 public:
  virtual ~Service() = default;
  Service(const Service&) = delete;
  Service& operator=(const Service&) = delete;

  // "sightline.align.v1.AlignService"
  const std::string& full_name() const { return full_name_; }
  const std::vector<MethodDefinition>& methods() const { return methods_; }

 protected:
  explicit Service(absl::string_view full_name) : full_name_(full_name) {}

  // `handler`: absl::StatusOr<Response>(Call&, const Request&).
  template <typename Request, typename Response, typename Handler>
  void Unary(const char* name, Handler handler) {
    MethodDefinition& method = Declare<Request, Response>(name);
    method.unary =
        [handler = std::move(handler)](
            Call& call,
            grpc::ByteBuffer& wire) -> absl::StatusOr<grpc::ByteBuffer> {
      Request request;
      SL_RETURN_IF_ERROR(ParseWire(wire, request));
      // The wire bytes are gone, one copy is left.
      call.ShrinkBody(static_cast<int64_t>(request.ByteSizeLong()));
      SL_ASSIGN_OR_RETURN(const Response response, handler(call, request));
      return SerializeWire(response);
    };
  }

  // `open`: absl::StatusOr<Producer<Response>>(Call&, const Request&,
  // StreamWaker). It is called once a call; what it returns gives the answers
  // (answer_stream.h). The request is gone once it has returned.
  template <typename Request, typename Response, typename Open>
  void AnswerStream(const char* name, Open open) {
    MethodDefinition& method = Declare<Request, Response>(name);
    method.answer_stream =
        [open = std::move(open)](
            Call& call, grpc::ByteBuffer& wire,
            StreamWaker waker) -> absl::StatusOr<WireProducer> {
      Request request;
      SL_RETURN_IF_ERROR(ParseWire(wire, request));
      call.ShrinkBody(static_cast<int64_t>(request.ByteSizeLong()));
      absl::StatusOr<Producer<Response>> producer =
          open(call, request, std::move(waker));
      if (!producer.ok()) return producer.status();
      return WireProducer([produce = *std::move(producer)](Call& call)
                              -> absl::StatusOr<NextAnswer<grpc::ByteBuffer>> {
        SL_ASSIGN_OR_RETURN(const NextAnswer<Response> next, produce(call));
        if (std::holds_alternative<StreamWait>(next)) return StreamWait();
        if (std::holds_alternative<StreamEnd>(next)) return StreamEnd();
        return SerializeWire(std::get<Response>(next));
      });
    };
  }

  // `open`: absl::StatusOr<ItemFunction<Result>>(Call&, const Settings&), where
  // Settings and Result are the types of Request's `settings` and Response's
  // `result`. It is called once a stream; what it returns is called once an
  // item, on several threads at once.
  template <typename Request, typename Response, typename Open>
  void Conveyor(const char* name, Open open) {
    DeclareConveyor<Request, Response>(name, std::move(open),
                                       ConveyorOrder::kAsReady);
  }

  // The same, item by item: what `open` returns is called for one item of a
  // stream at a time, in the order in which they came, and answers keep that
  // order. For items that say something about the next ones, such as frames of
  // a video. Later items are read meanwhile.
  template <typename Request, typename Response, typename Open>
  void ConveyorInOrder(const char* name, Open open) {
    DeclareConveyor<Request, Response>(name, std::move(open),
                                       ConveyorOrder::kAsTheyCame);
  }

 private:
  template <typename Request, typename Response, typename Open>
  void DeclareConveyor(const char* name, Open open, ConveyorOrder order) {
    using Settings =
        std::remove_cvref_t<decltype(std::declval<Request>().settings())>;
    using Result =
        std::remove_cvref_t<decltype(std::declval<Response>().result())>;
    MethodDefinition& method = Declare<Request, Response>(name);
    std::function<absl::StatusOr<ItemFunction<Result>>(Call&, const Settings&)>
        open_function = std::move(open);
    method.conveyor = [open_function, order] {
      return std::make_unique<TypedConveyorCodec<Request, Response>>(
          open_function, order);
    };
  }

  // A method without its handler.
  template <typename Request, typename Response>
  MethodDefinition& Declare(const char* name) {
    MethodDefinition& method = methods_.emplace_back();
    method.name = name;
    method.request = Request::descriptor();
    method.response = Response::descriptor();
    return method;
  }

  const std::string full_name_;
  std::vector<MethodDefinition> methods_;
};

}  // namespace sightline

#endif  // SIGHTLINE_COMMON_SERVER_SERVICE_H_
