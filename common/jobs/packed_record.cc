#include "common/jobs/packed_record.h"

#include <cstdint>
#include <optional>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "common/jobs/reasons.h"
#include "common/status/error.h"
#include "common/status/status_macros.h"

namespace sightline::jobs {
namespace {

constexpr size_t kLengthBytes = 4;

absl::Status Corrupt() {
  return Error(absl::StatusCode::kDataLoss, kJobStoreCorrupt)
      .Message("a record of the job store cannot be read");
}

// Takes strings from the front.
class Reader {
 public:
  explicit Reader(std::vector<std::string> strings)
      : strings_(std::move(strings)) {}
  bool has_more() const { return next_ < strings_.size(); }
  // Empty, and not ok() any more, at the end.
  std::string String() {
    if (!has_more()) {
      is_ok_ = false;
      return "";
    }
    return strings_[next_++];
  }
  int64_t Integer() {
    int64_t value = 0;
    if (!absl::SimpleAtoi(String(), &value)) is_ok_ = false;
    return value;
  }
  bool ok() const { return is_ok_; }

 private:
  const std::vector<std::string> strings_;
  size_t next_ = 0;
  bool is_ok_ = true;
};

void Add(const std::optional<NamedCause>& cause,
         std::vector<std::string>& strings) {
  strings.push_back(cause.has_value() ? "1" : "0");
  if (!cause.has_value()) return;
  strings.push_back(cause->subject);
  strings.push_back(cause->description);
}

std::optional<NamedCause> Cause(Reader& reader) {
  if (reader.Integer() == 0) return std::nullopt;
  NamedCause cause;
  cause.subject = reader.String();
  cause.description = reader.String();
  return cause;
}

}  // namespace

std::string PackStrings(const std::vector<std::string>& strings) {
  std::string packed;
  for (const std::string& text : strings) {
    for (size_t i = 0; i < kLengthBytes; ++i) {
      packed += static_cast<char>((text.size() >> (8 * i)) & 0xff);
    }
    packed += text;
  }
  return packed;
}

absl::StatusOr<std::vector<std::string>> UnpackStrings(
    absl::string_view packed) {
  std::vector<std::string> strings;
  while (!packed.empty()) {
    if (packed.size() < kLengthBytes) return Corrupt();
    size_t length = 0;
    for (size_t i = 0; i < kLengthBytes; ++i) {
      length |= static_cast<size_t>(static_cast<unsigned char>(packed[i]))
                << (8 * i);
    }
    packed.remove_prefix(kLengthBytes);
    if (packed.size() < length) return Corrupt();
    strings.emplace_back(packed.substr(0, length));
    packed.remove_prefix(length);
  }
  return strings;
}

std::string PackMetrics(const std::vector<Metric>& metrics) {
  std::vector<std::string> strings;
  for (const Metric& metric : metrics) {
    strings.push_back(metric.name);
    // 17 digits read back as the same number.
    strings.push_back(absl::StrFormat("%.17g", metric.value));
  }
  return PackStrings(strings);
}

absl::StatusOr<std::vector<Metric>> UnpackMetrics(absl::string_view packed) {
  SL_ASSIGN_OR_RETURN(const auto strings, UnpackStrings(packed));
  if (strings.size() % 2 != 0) return Corrupt();
  std::vector<Metric> metrics(strings.size() / 2);
  for (size_t i = 0; i < metrics.size(); ++i) {
    metrics[i].name = strings[2 * i];
    if (!absl::SimpleAtod(strings[2 * i + 1], &metrics[i].value)) {
      return Corrupt();
    }
  }
  return metrics;
}

std::string PackStatus(const absl::Status& status) {
  if (status.ok()) return "";
  const ErrorDetails details = DetailsOf(status).value_or(ErrorDetails());
  std::vector<std::string> strings = {
      absl::StrCat(static_cast<int>(status.code())),
      std::string(status.message()), details.reason,
      details.retry_after.has_value()
          ? absl::StrCat(absl::ToInt64Microseconds(*details.retry_after))
          : "-1"};
  Add(details.quota, strings);
  Add(details.resource, strings);
  Add(details.precondition, strings);
  strings.push_back(absl::StrCat(details.fields.size()));
  for (const FieldViolation& field : details.fields) {
    strings.push_back(field.field);
    strings.push_back(field.description);
  }
  for (const auto& [key, value] : details.metadata) {
    strings.push_back(key);
    strings.push_back(value);
  }
  return PackStrings(strings);
}

absl::Status UnpackStatus(absl::string_view packed, absl::Status& status) {
  status = absl::OkStatus();
  if (packed.empty()) return absl::OkStatus();
  SL_ASSIGN_OR_RETURN(auto strings, UnpackStrings(packed));
  Reader reader(std::move(strings));
  const auto code = static_cast<absl::StatusCode>(reader.Integer());
  const std::string message = reader.String();
  ErrorDetails details;
  details.reason = reader.String();
  const int64_t retry_after = reader.Integer();
  if (retry_after >= 0) details.retry_after = absl::Microseconds(retry_after);
  details.quota = Cause(reader);
  details.resource = Cause(reader);
  details.precondition = Cause(reader);
  for (int64_t left = reader.Integer(); left > 0 && reader.ok(); --left) {
    FieldViolation field;
    field.field = reader.String();
    field.description = reader.String();
    details.fields.push_back(std::move(field));
  }
  while (reader.has_more() && reader.ok()) {
    const std::string key = reader.String();
    details.metadata[key] = reader.String();
  }
  if (!reader.ok() || code == absl::StatusCode::kOk) return Corrupt();
  status = absl::Status(code, message);
  if (details != ErrorDetails()) status = WithDetails(status, details);
  return absl::OkStatus();
}

}  // namespace sightline::jobs
