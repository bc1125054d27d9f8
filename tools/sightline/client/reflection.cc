#include "tools/sightline/client/reflection.h"

#include <algorithm>
#include <functional>
#include <map>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/status/error.h"
#include "common/status/grpc_status.h"
#include "common/status/status_macros.h"
#include "google/protobuf/descriptor.pb.h"
#include "grpcpp/completion_queue.h"
#include "grpcpp/generic/generic_stub.h"
#include "grpcpp/impl/codegen/proto_utils.h"
#include "tools/sightline/client/rpc_error.h"
#include "tools/sightline/client/server_reflection.pb.h"

namespace sightline::cli {
namespace {

using google::protobuf::FileDescriptorProto;
using tools::reflection::Request;
using tools::reflection::Response;

// A server is asked for a few dozen files; one that names new ones for ever
// is stopped here.
constexpr size_t kMaxFiles = 1000;

constexpr const char* kMethods[] = {
    "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo",
    "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo",
};

absl::Status FromFailure(const tools::reflection::Failure& failure) {
  google::rpc::Status status;
  status.set_code(failure.error_code() == 0
                      ? static_cast<int>(absl::StatusCode::kUnknown)
                      : failure.error_code());
  status.set_message(absl::StrCat("reflection: ", failure.error_message()));
  return FromRpcStatus(status);
}

absl::Status Invalid(absl::string_view problem) {
  return Error(absl::StatusCode::kInternal, "REFLECTION_INVALID")
      .Message(absl::StrCat("the server's reflection: ", problem));
}

// One reflection stream: a question, an answer, a question ...
class ReflectionStream {
 public:
  ReflectionStream(const Connection& connection, const std::string& method,
                   const StopToken& stop)
      : stub_(connection.channel()),
        cancel_(stop, [this] { context_.TryCancel(); }) {
    connection.Prepare(context_, absl::Now() + connection.options().deadline);
    stream_ = stub_.PrepareCall(&context_, method, &queue_);
    stream_->StartCall(this);
    Next();
  }

  ~ReflectionStream() {
    if (!finished_) {
      context_.TryCancel();
      Finish().IgnoreError();
    }
    queue_.Shutdown();
    void* tag = nullptr;
    bool ok = false;
    while (queue_.Next(&tag, &ok)) {
    }
  }

  absl::StatusOr<Response> Ask(const Request& request) {
    Response response;
    stream_->Write(request, this);
    if (Next()) {
      stream_->Read(&response, this);
      if (Next()) {
        if (response.has_error_response()) {
          return FromFailure(response.error_response());
        }
        return response;
      }
    }
    const absl::Status status = Finish();
    return status.ok() ? Invalid("the stream ended early") : status;
  }

 private:
  bool Next() {
    void* tag = nullptr;
    bool ok = false;
    return queue_.Next(&tag, &ok) && ok;
  }

  absl::Status Finish() {
    finished_ = true;
    grpc::Status status;
    stream_->Finish(&status, this);
    Next();
    return FromCall(status, context_);
  }

  grpc::TemplatedGenericStub<Request, Response> stub_;
  grpc::ClientContext context_;
  grpc::CompletionQueue queue_;
  std::unique_ptr<grpc::ClientAsyncReaderWriter<Request, Response>> stream_;
  bool finished_ = false;
  // Last: no cancellation while the rest is taken down.
  StopCallback cancel_;
};

// Opens a stream of the version the server has, with its services.
absl::StatusOr<std::unique_ptr<ReflectionStream>> OpenStream(
    const Connection& connection, const StopToken& stop,
    std::vector<std::string>* services) {
  Request list;
  list.set_list_services("*");
  for (const char* method : kMethods) {
    std::unique_ptr<ReflectionStream> stream;
    Response response;
    const absl::Status status =
        connection.CallWithRetries(stop, [&]() -> absl::Status {
          stream = std::make_unique<ReflectionStream>(connection, method, stop);
          SL_ASSIGN_OR_RETURN(response, stream->Ask(list));
          return absl::OkStatus();
        });
    if (status.code() == absl::StatusCode::kUnimplemented) continue;
    SL_RETURN_IF_ERROR(status);
    for (const auto& service : response.list_services_response().service()) {
      services->push_back(service.name());
    }
    std::sort(services->begin(), services->end());
    return stream;
  }
  return Error(absl::StatusCode::kFailedPrecondition, "REFLECTION_MISSING")
      .Message("this server has no reflection")
      .Precondition("grpc.reflection", "turn it on at the server");
}

// Files by name, fetched as they are asked for.
class FileCollector {
 public:
  explicit FileCollector(ReflectionStream& stream) : stream_(stream) {}

  absl::Status AddSymbol(const std::string& symbol) {
    Request request;
    request.set_file_containing_symbol(symbol);
    return Add(request);
  }

  // Fetches whatever the files so far depend on.
  absl::Status AddDependencies() {
    while (true) {
      std::set<std::string> missing;
      for (const auto& [name, file] : files_) {
        for (const std::string& dependency : file.dependency()) {
          if (files_.count(dependency) == 0) missing.insert(dependency);
        }
      }
      if (missing.empty()) return absl::OkStatus();
      for (const std::string& name : missing) {
        if (files_.count(name) > 0) continue;
        Request request;
        request.set_file_by_filename(name);
        SL_RETURN_IF_ERROR(Add(request));
        if (files_.count(name) == 0) {
          return Invalid(absl::StrCat("it does not give ", name));
        }
      }
    }
  }

  absl::StatusOr<std::unique_ptr<google::protobuf::DescriptorPool>> Build() {
    auto pool = std::make_unique<google::protobuf::DescriptorPool>();
    std::set<std::string> built;
    std::function<bool(const FileDescriptorProto&)> build =
        [&](const FileDescriptorProto& file) {
          if (!built.insert(file.name()).second) return true;
          for (const std::string& dependency : file.dependency()) {
            if (!build(files_.at(dependency))) return false;
          }
          return pool->BuildFile(file) != nullptr;
        };
    for (const auto& [name, file] : files_) {
      if (!build(file)) {
        return Invalid(absl::StrCat(name, " does not fit the others"));
      }
    }
    return pool;
  }

 private:
  absl::Status Add(const Request& request) {
    SL_ASSIGN_OR_RETURN(const Response response, stream_.Ask(request));
    for (const std::string& bytes :
         response.file_descriptor_response().file_descriptor_proto()) {
      FileDescriptorProto file;
      if (!file.ParseFromString(bytes)) return Invalid("unreadable file");
      files_.emplace(file.name(), file);
    }
    if (files_.size() > kMaxFiles) return Invalid("too many files");
    return absl::OkStatus();
  }

  ReflectionStream& stream_;
  std::map<std::string, FileDescriptorProto> files_;
};

}  // namespace

absl::StatusOr<ServerDescription> ServerDescription::Fetch(
    const Connection& connection, const StopToken& stop) {
  ServerDescription description;
  SL_ASSIGN_OR_RETURN(const std::unique_ptr<ReflectionStream> stream,
                      OpenStream(connection, stop, &description.services_));
  FileCollector files(*stream);
  for (const std::string& service : description.services_) {
    const absl::Status added = files.AddSymbol(service);
    // gRPC's own health service is listed but not described by some servers.
    if (added.code() == absl::StatusCode::kNotFound) continue;
    SL_RETURN_IF_ERROR(added);
  }
  SL_RETURN_IF_ERROR(files.AddDependencies());
  SL_ASSIGN_OR_RETURN(description.pool_, files.Build());
  return description;
}

absl::StatusOr<std::vector<std::string>> ListServices(
    const Connection& connection, const StopToken& stop) {
  std::vector<std::string> services;
  SL_RETURN_IF_ERROR(OpenStream(connection, stop, &services).status());
  return services;
}

}  // namespace sightline::cli
