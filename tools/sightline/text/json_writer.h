// JSON text with members in the order in which they are written.
//
//   JsonWriter json;
//   json.BeginObject();
//   json.Key("file").String("scan.jpg");
//   json.Key("score").Number(12.5);
//   json.EndObject();
//   out << json.text() << "\n";
#ifndef SIGHTLINE_TOOLS_SIGHTLINE_TEXT_JSON_WRITER_H_
#define SIGHTLINE_TOOLS_SIGHTLINE_TEXT_JSON_WRITER_H_

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"

namespace sightline::cli {

// Not thread-safe. The caller keeps Begin and End in balance.
class JsonWriter {
 public:
  JsonWriter& BeginObject();
  JsonWriter& EndObject();
  JsonWriter& BeginArray();
  JsonWriter& EndArray();
  JsonWriter& Key(absl::string_view name);

  // Bytes that are not UTF-8 become U+FFFD.
  JsonWriter& String(absl::string_view value);
  // The shortest text that reads back as the same number; null for infinities
  // and NaN, which JSON has no word for.
  JsonWriter& Number(double value);
  JsonWriter& Integer(int64_t value);
  JsonWriter& Bool(bool value);
  JsonWriter& Null();
  // `json` as it is: the caller knows it for one JSON value.
  JsonWriter& Raw(absl::string_view json);

  const std::string& text() const { return text_; }

 private:
  // A comma where one is due.
  void Separate();
  std::string text_;
  bool comma_due_ = false;
};

// `value` in quotes, escaped as JSON.
std::string JsonString(absl::string_view value);

// The shortest decimal text that reads back as `value`.
std::string ShortestNumber(double value);

}  // namespace sightline::cli

#endif  // SIGHTLINE_TOOLS_SIGHTLINE_TEXT_JSON_WRITER_H_
