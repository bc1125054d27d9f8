#include "common/status/error.h"

#include <cstdint>
#include <utility>

#include "absl/strings/cord.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace sightline {
namespace {

constexpr char kPayloadUrl[] = "sightline/error_details";

// The payload is a flat list of strings, each written as "<length>:<bytes>".
// It never leaves the process.
void Put(std::string& out, absl::string_view value) {
  absl::StrAppend(&out, value.size(), ":", value);
}

bool Take(absl::string_view& in, std::string& value) {
  const size_t colon = in.find(':');
  uint64_t size = 0;
  if (colon == absl::string_view::npos ||
      !absl::SimpleAtoi(in.substr(0, colon), &size) ||
      in.size() - colon - 1 < size) {
    return false;
  }
  value = std::string(in.substr(colon + 1, size));
  in.remove_prefix(colon + 1 + size);
  return true;
}

std::string Encode(const ErrorDetails& details) {
  std::string out;
  Put(out, details.reason);
  for (const auto& [key, value] : details.metadata) {
    Put(out, "metadata");
    Put(out, key);
    Put(out, value);
  }
  for (const FieldViolation& violation : details.fields) {
    Put(out, "field");
    Put(out, violation.field);
    Put(out, violation.description);
  }
  if (details.retry_after.has_value()) {
    Put(out, "retry");
    Put(out, absl::StrCat(absl::ToInt64Nanoseconds(*details.retry_after)));
    Put(out, "");
  }
  const auto put_cause = [&out](absl::string_view kind,
                                const std::optional<NamedCause>& cause) {
    if (!cause.has_value()) return;
    Put(out, kind);
    Put(out, cause->subject);
    Put(out, cause->description);
  };
  put_cause("quota", details.quota);
  put_cause("resource", details.resource);
  put_cause("precondition", details.precondition);
  return out;
}

std::optional<ErrorDetails> Decode(absl::string_view in) {
  ErrorDetails details;
  if (!Take(in, details.reason)) return std::nullopt;
  while (!in.empty()) {
    std::string kind, first, second;
    if (!Take(in, kind) || !Take(in, first) || !Take(in, second)) {
      return std::nullopt;
    }
    if (kind == "metadata") {
      details.metadata[first] = second;
    } else if (kind == "field") {
      details.fields.push_back({first, second});
    } else if (kind == "retry") {
      int64_t nanoseconds = 0;
      if (!absl::SimpleAtoi(first, &nanoseconds)) return std::nullopt;
      details.retry_after = absl::Nanoseconds(nanoseconds);
    } else if (kind == "quota") {
      details.quota = NamedCause{first, second};
    } else if (kind == "resource") {
      details.resource = NamedCause{first, second};
    } else if (kind == "precondition") {
      details.precondition = NamedCause{first, second};
    }
  }
  return details;
}

}  // namespace

Error::Error(absl::StatusCode code, absl::string_view reason) : code_(code) {
  details_.reason = std::string(reason);
}

Error& Error::Message(absl::string_view message) {
  message_ = std::string(message);
  return *this;
}

Error& Error::Field(absl::string_view path, absl::string_view description) {
  details_.fields.push_back({std::string(path), std::string(description)});
  return *this;
}

Error& Error::RetryAfter(absl::Duration delay) {
  details_.retry_after = delay;
  return *this;
}

Error& Error::Quota(absl::string_view subject, absl::string_view description) {
  details_.quota = NamedCause{std::string(subject), std::string(description)};
  return *this;
}

Error& Error::Resource(absl::string_view type, absl::string_view name) {
  details_.resource = NamedCause{std::string(type), std::string(name)};
  return *this;
}

Error& Error::Precondition(absl::string_view subject,
                           absl::string_view remedy) {
  details_.precondition = NamedCause{std::string(subject), std::string(remedy)};
  return *this;
}

Error& Error::With(absl::string_view key, absl::string_view value) {
  details_.metadata[std::string(key)] = std::string(value);
  return *this;
}

Error::operator absl::Status() const {
  std::string message = message_;
  if (message.empty() && !details_.fields.empty()) {
    const FieldViolation& first = details_.fields.front();
    message = first.field.empty()
                  ? first.description
                  : absl::StrCat(first.field, ": ", first.description);
  }
  return WithDetails(absl::Status(code_, message), details_);
}

std::optional<ErrorDetails> DetailsOf(const absl::Status& status) {
  const auto payload = status.GetPayload(kPayloadUrl);
  if (!payload.has_value()) return std::nullopt;
  return Decode(std::string(*payload));
}

absl::Status WithDetails(const absl::Status& status,
                         const ErrorDetails& details) {
  absl::Status out = status;
  if (!out.ok()) out.SetPayload(kPayloadUrl, absl::Cord(Encode(details)));
  return out;
}

absl::Status PrefixFields(const absl::Status& status,
                          absl::string_view prefix) {
  std::optional<ErrorDetails> details = DetailsOf(status);
  if (!details.has_value() || details->fields.empty()) return status;
  const std::string old_start = details->fields.front().field;
  for (FieldViolation& violation : details->fields) {
    const bool joins_directly =
        violation.field.empty() || violation.field.front() == '[';
    violation.field =
        absl::StrCat(prefix, joins_directly ? "" : ".", violation.field);
  }
  // A message that begins with the first path begins with the longer one now.
  std::string message(status.message());
  const std::string described =
      absl::StrCat(old_start, ": ", details->fields.front().description);
  if (!old_start.empty() && message == described) {
    message = absl::StrCat(details->fields.front().field, ": ",
                           details->fields.front().description);
  }
  return WithDetails(absl::Status(status.code(), message), *details);
}

}  // namespace sightline
