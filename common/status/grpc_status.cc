#include "common/status/grpc_status.h"

#include <optional>
#include <string>

#include "absl/time/time.h"
#include "common/status/error.h"
#include "google/rpc/error_details.pb.h"

namespace sightline {
namespace {

constexpr char kDomain[] = "sightline";
constexpr size_t kMaxMessageBytes = 2000;
// A status travels in the trailers, which core bounds at 16 KiB (metadata).
constexpr size_t kMaxViolations = 20;

std::string Bounded(absl::string_view text) {
  if (text.size() <= kMaxMessageBytes) return std::string(text);
  size_t end = kMaxMessageBytes;
  // Not in the middle of a UTF-8 sequence.
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) {
    --end;
  }
  return std::string(text.substr(0, end)) + "...";
}

// Length of the well-formed UTF-8 sequence at the start of `text`, 0 if there
// is none (RFC 3629: no overlong forms, no surrogates, at most U+10FFFF).
size_t SequenceLength(absl::string_view text) {
  const auto byte = [&](size_t i) {
    return static_cast<unsigned char>(text[i]);
  };
  const unsigned char lead = byte(0);
  if (lead < 0x80) return 1;
  const size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4 || text.size() < length) return 0;
  for (size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return 0;
  }
  if ((lead == 0xE0 && byte(1) < 0xA0) || (lead == 0xED && byte(1) > 0x9F) ||
      (lead == 0xF0 && byte(1) < 0x90) || (lead == 0xF4 && byte(1) > 0x8F)) {
    return 0;
  }
  return length;
}

// protobuf strings must be valid UTF-8, and a message may quote a caller's
// bytes: what is not printable becomes '?'.
std::string Printable(absl::string_view text) {
  const std::string bounded = Bounded(text);
  std::string out;
  for (absl::string_view rest = bounded; !rest.empty();) {
    const size_t length = SequenceLength(rest);
    const bool is_control =
        length == 1 &&
        (static_cast<unsigned char>(rest[0]) < 0x20 || rest[0] == 0x7F);
    if (length == 0 || is_control) {
      out += '?';
    } else {
      out.append(rest.data(), length);
    }
    rest.remove_prefix(length == 0 ? 1 : length);
  }
  return out;
}

}  // namespace

google::rpc::Status ToRpcStatus(const absl::Status& status) {
  google::rpc::Status out;
  out.set_code(static_cast<int>(status.code()));
  if (status.ok()) return out;
  out.set_message(Printable(status.message()));
  const ErrorDetails details = DetailsOf(status).value_or(ErrorDetails{});

  google::rpc::ErrorInfo info;
  info.set_domain(kDomain);
  info.set_reason(details.reason.empty()
                      ? absl::StatusCodeToString(status.code())
                      : details.reason);
  for (const auto& [key, value] : details.metadata) {
    (*info.mutable_metadata())[Printable(key)] = Printable(value);
  }
  out.add_details()->PackFrom(info);

  if (!details.fields.empty()) {
    google::rpc::BadRequest bad_request;
    for (const FieldViolation& violation : details.fields) {
      if (bad_request.field_violations_size() ==
          static_cast<int>(kMaxViolations)) {
        break;
      }
      auto* field = bad_request.add_field_violations();
      field->set_field(Printable(violation.field));
      field->set_description(Printable(violation.description));
    }
    out.add_details()->PackFrom(bad_request);
  }
  if (details.retry_after.has_value()) {
    google::rpc::RetryInfo retry;
    const int64_t nanoseconds = absl::ToInt64Nanoseconds(*details.retry_after);
    retry.mutable_retry_delay()->set_seconds(nanoseconds / 1000000000);
    retry.mutable_retry_delay()->set_nanos(
        static_cast<int32_t>(nanoseconds % 1000000000));
    out.add_details()->PackFrom(retry);
  }
  if (details.quota.has_value()) {
    google::rpc::QuotaFailure quota;
    auto* violation = quota.add_violations();
    violation->set_subject(Printable(details.quota->subject));
    violation->set_description(Printable(details.quota->description));
    out.add_details()->PackFrom(quota);
  }
  if (details.resource.has_value()) {
    google::rpc::ResourceInfo resource;
    resource.set_resource_type(Printable(details.resource->subject));
    resource.set_resource_name(Printable(details.resource->description));
    out.add_details()->PackFrom(resource);
  }
  if (details.precondition.has_value()) {
    google::rpc::PreconditionFailure precondition;
    auto* violation = precondition.add_violations();
    violation->set_type("SIGHTLINE");
    violation->set_subject(Printable(details.precondition->subject));
    violation->set_description(Printable(details.precondition->description));
    out.add_details()->PackFrom(precondition);
  }
  return out;
}

grpc::Status ToGrpcStatus(const absl::Status& status) {
  if (status.ok()) return grpc::Status::OK;
  const google::rpc::Status rpc = ToRpcStatus(status);
  return grpc::Status(static_cast<grpc::StatusCode>(status.code()),
                      rpc.message(), rpc.SerializeAsString());
}

absl::Status FromRpcStatus(const google::rpc::Status& status) {
  // A code that does not exist becomes UNKNOWN: absl::Status sees to it.
  if (status.code() == 0) return absl::OkStatus();
  ErrorDetails details;
  for (const google::protobuf::Any& any : status.details()) {
    google::rpc::ErrorInfo info;
    google::rpc::BadRequest bad_request;
    google::rpc::RetryInfo retry;
    google::rpc::QuotaFailure quota;
    google::rpc::ResourceInfo resource;
    google::rpc::PreconditionFailure precondition;
    if (any.UnpackTo(&info)) {
      details.reason = info.reason();
      details.metadata.insert(info.metadata().begin(), info.metadata().end());
    } else if (any.UnpackTo(&bad_request)) {
      for (const auto& violation : bad_request.field_violations()) {
        details.fields.push_back({violation.field(), violation.description()});
      }
    } else if (any.UnpackTo(&retry)) {
      details.retry_after = absl::Seconds(retry.retry_delay().seconds()) +
                            absl::Nanoseconds(retry.retry_delay().nanos());
    } else if (any.UnpackTo(&quota) && quota.violations_size() > 0) {
      details.quota = NamedCause{quota.violations(0).subject(),
                                 quota.violations(0).description()};
    } else if (any.UnpackTo(&resource)) {
      details.resource =
          NamedCause{resource.resource_type(), resource.resource_name()};
    } else if (any.UnpackTo(&precondition) &&
               precondition.violations_size() > 0) {
      details.precondition =
          NamedCause{precondition.violations(0).subject(),
                     precondition.violations(0).description()};
    }
  }
  return WithDetails(absl::Status(static_cast<absl::StatusCode>(status.code()),
                                  status.message()),
                     details);
}

absl::Status FromGrpcStatus(const grpc::Status& status) {
  if (status.ok()) return absl::OkStatus();
  google::rpc::Status rpc;
  if (status.error_details().empty() ||
      !rpc.ParseFromString(status.error_details())) {
    rpc.Clear();
  }
  rpc.set_code(static_cast<int>(status.error_code()));
  rpc.set_message(status.error_message());
  return FromRpcStatus(rpc);
}

}  // namespace sightline
