// JSON files that people write, read with the place of everything in them.
//
// Protobuf's own parser says what is wrong with a layout file but not in which
// line. This one only reads the syntax (RFC 8259) and keeps the positions.
#ifndef SIGHTLINE_COMMON_TEXT_JSON_TEXT_H_
#define SIGHTLINE_COMMON_TEXT_JSON_TEXT_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace sightline {

// A place in a text, both counted from 1; columns in bytes.
struct TextPosition {
  int line = 1;
  int column = 1;
};

struct JsonMember;

struct JsonValue {
  enum class Kind { kNull, kBool, kNumber, kString, kArray, kObject };
  Kind kind = Kind::kNull;
  TextPosition position;
  // kString: its decoded content. kNumber, kBool: as written.
  std::string text;
  std::vector<JsonValue> items;     // kArray
  std::vector<JsonMember> members;  // kObject, in the file's order

  // The member of that name, or nullptr.
  const JsonValue* Find(absl::string_view name) const;
};

struct JsonMember {
  std::string name;
  TextPosition position;
  JsonValue value;
};

// Errors: InvalidArgument JSON_INVALID whose message begins with "line 3,
// column 7: " (syntax, a name twice in one object, more than 64 levels, more
// than `max_values` values, bytes that are not UTF-8). A value takes some 150
// bytes of memory beside its text.
absl::StatusOr<JsonValue> ParseJson(absl::string_view text,
                                    int64_t max_values = INT64_MAX);

// "an object", "a string" ...
absl::string_view KindName(JsonValue::Kind kind);

}  // namespace sightline

#endif  // SIGHTLINE_COMMON_TEXT_JSON_TEXT_H_
