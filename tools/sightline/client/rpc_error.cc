#include "tools/sightline/client/rpc_error.h"

#include <cstdint>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "common/status/error.h"
#include "common/status/grpc_status.h"
#include "google/rpc/code.pb.h"
#include "tools/sightline/text/printable.h"

namespace sightline::cli {
namespace {

constexpr char kPushbackTrailer[] = "grpc-retry-pushback-ms";

// What gRPC itself says, in words that tell what to do. "" if it is clear.
std::string AdviceFor(const absl::Status& status) {
  const absl::string_view message = status.message();
  if (absl::StrContains(message, "message larger than max")) {
    return "the request, or its answer, is larger than one message may be: "
           "use smaller pictures, or raise the server's limit";
  }
  if (status.code() == absl::StatusCode::kUnavailable &&
      (absl::StrContains(message, "failed to connect") ||
       absl::StrContains(message, "Connection refused"))) {
    return "is the server running there? --server names another one, --tls_ca "
           "is needed for one with TLS";
  }
  if (status.code() == absl::StatusCode::kUnimplemented) {
    return "this server does not offer that service; `sightline describe` "
           "lists what it offers";
  }
  return "";
}

void AppendLine(std::string& out, absl::string_view label,
                absl::string_view text) {
  absl::StrAppend(&out, "  ", label, Printable(text), "\n");
}

}  // namespace

absl::Status FromCall(const grpc::Status& status,
                      const grpc::ClientContext& context) {
  absl::Status out = FromGrpcStatus(status);
  if (out.ok()) return out;
  ErrorDetails details = DetailsOf(out).value_or(ErrorDetails{});
  if (!details.retry_after.has_value()) {
    const auto& trailers = context.GetServerTrailingMetadata();
    const auto pushback = trailers.find(kPushbackTrailer);
    int64_t milliseconds = 0;
    if (pushback != trailers.end() &&
        absl::SimpleAtoi(
            absl::string_view(pushback->second.data(), pushback->second.size()),
            &milliseconds) &&
        milliseconds >= 0) {
      details.retry_after = absl::Milliseconds(milliseconds);
      out = WithDetails(out, details);
    }
  }
  return out;
}

std::string CodeName(absl::StatusCode code) {
  const int number = static_cast<int>(code);
  return google::rpc::Code_IsValid(number)
             ? google::rpc::Code_Name(static_cast<google::rpc::Code>(number))
             : absl::StrCat("CODE_", number);
}

std::string SummarizeError(const absl::Status& status) {
  if (status.message().empty()) return CodeName(status.code());
  return absl::StrCat(Printable(status.message()), " (",
                      CodeName(status.code()), ")");
}

std::string DescribeError(const absl::Status& status) {
  const ErrorDetails details = DetailsOf(status).value_or(ErrorDetails{});
  std::string out =
      absl::StrCat(status.message().empty() ? CodeName(status.code())
                                            : Printable(status.message()),
                   "\n");
  for (const FieldViolation& violation : details.fields) {
    const std::string text =
        absl::StrCat(violation.field, violation.field.empty() ? "" : ": ",
                     violation.description);
    // One violation often is the message.
    if (text == status.message()) continue;
    AppendLine(out, "field: ", text);
  }
  if (details.quota.has_value()) {
    AppendLine(
        out, "limit: ",
        absl::StrCat(details.quota->subject, ": ", details.quota->description));
  }
  if (details.resource.has_value()) {
    AppendLine(out, "missing: ",
               absl::StrCat(details.resource->subject, " ",
                            details.resource->description));
  }
  if (details.precondition.has_value()) {
    AppendLine(out, "needs: ",
               absl::StrCat(details.precondition->subject, ": ",
                            details.precondition->description));
  }
  for (const auto& [key, value] : details.metadata) {
    AppendLine(out, "", absl::StrCat(key, " = ", value));
  }
  if (details.retry_after.has_value()) {
    AppendLine(out, "retry: ",
               absl::StrCat("try again in ",
                            absl::FormatDuration(*details.retry_after)));
  } else if (status.code() == absl::StatusCode::kResourceExhausted &&
             details.quota.has_value()) {
    AppendLine(out, "retry: ", "trying again will not help");
  }
  const std::string advice = AdviceFor(status);
  if (!advice.empty()) AppendLine(out, "hint: ", advice);
  AppendLine(out, "code: ",
             details.reason.empty()
                 ? CodeName(status.code())
                 : absl::StrCat(CodeName(status.code()), ", ", details.reason));
  return out;
}

}  // namespace sightline::cli
