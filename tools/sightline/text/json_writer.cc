#include "tools/sightline/text/json_writer.h"

#include <charconv>
#include <cmath>

#include "absl/strings/str_cat.h"
#include "common/text/utf8.h"

namespace sightline::cli {

std::string JsonString(absl::string_view value) {
  constexpr char kHex[] = "0123456789abcdef";
  std::string out = "\"";
  while (!value.empty()) {
    const int length = Utf8Length(value);
    if (length == 0) {
      out += "\xef\xbf\xbd";
      value.remove_prefix(1);
      continue;
    }
    const auto byte = static_cast<unsigned char>(value[0]);
    if (byte == '"' || byte == '\\') {
      out += '\\';
      out += value[0];
    } else if (byte == '\n') {
      out += "\\n";
    } else if (byte < 0x20 || byte == 0x7f) {
      absl::StrAppend(&out, "\\u00");
      out += kHex[byte >> 4];
      out += kHex[byte & 15];
    } else {
      absl::StrAppend(&out, value.substr(0, length));
    }
    value.remove_prefix(length);
  }
  return out + "\"";
}

std::string ShortestNumber(double value) {
  char digits[32];
  const auto end = std::to_chars(digits, digits + sizeof(digits), value).ptr;
  return std::string(digits, end);
}

void JsonWriter::Separate() {
  if (comma_due_) text_ += ", ";
  comma_due_ = true;
}

JsonWriter& JsonWriter::BeginObject() {
  Separate();
  text_ += '{';
  comma_due_ = false;
  return *this;
}

JsonWriter& JsonWriter::EndObject() {
  text_ += '}';
  comma_due_ = true;
  return *this;
}

JsonWriter& JsonWriter::BeginArray() {
  Separate();
  text_ += '[';
  comma_due_ = false;
  return *this;
}

JsonWriter& JsonWriter::EndArray() {
  text_ += ']';
  comma_due_ = true;
  return *this;
}

JsonWriter& JsonWriter::Key(absl::string_view name) {
  Separate();
  absl::StrAppend(&text_, JsonString(name), ": ");
  comma_due_ = false;
  return *this;
}

JsonWriter& JsonWriter::String(absl::string_view value) {
  Separate();
  text_ += JsonString(value);
  return *this;
}

JsonWriter& JsonWriter::Number(double value) {
  if (!std::isfinite(value)) return Null();
  Separate();
  text_ += ShortestNumber(value);
  return *this;
}

JsonWriter& JsonWriter::Integer(int64_t value) {
  Separate();
  absl::StrAppend(&text_, value);
  return *this;
}

JsonWriter& JsonWriter::Bool(bool value) {
  Separate();
  text_ += value ? "true" : "false";
  return *this;
}

JsonWriter& JsonWriter::Null() {
  Separate();
  text_ += "null";
  return *this;
}

JsonWriter& JsonWriter::Raw(absl::string_view json) {
  Separate();
  absl::StrAppend(&text_, json);
  return *this;
}

}  // namespace sightline::cli
