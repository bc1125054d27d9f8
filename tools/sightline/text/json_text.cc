#include "tools/sightline/text/json_text.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "tools/sightline/text/json_writer.h"

namespace sightline::cli {
namespace {

void Append(const JsonValue& value, std::string& out) {
  switch (value.kind) {
    case JsonValue::Kind::kNull:
      out += "null";
      return;
    case JsonValue::Kind::kBool:
    case JsonValue::Kind::kNumber:
      out += value.text;
      return;
    case JsonValue::Kind::kString:
      out += JsonString(value.text);
      return;
    case JsonValue::Kind::kArray: {
      out += '[';
      bool first = true;
      for (const JsonValue& item : value.items) {
        if (!std::exchange(first, false)) out += ',';
        Append(item, out);
      }
      out += ']';
      return;
    }
    case JsonValue::Kind::kObject: {
      out += '{';
      bool first = true;
      for (const JsonMember& member : value.members) {
        if (!std::exchange(first, false)) out += ',';
        absl::StrAppend(&out, JsonString(member.name), ":");
        Append(member.value, out);
      }
      out += '}';
      return;
    }
  }
}

}  // namespace

std::string ToText(const JsonValue& value) {
  std::string out;
  Append(value, out);
  return out;
}

}  // namespace sightline::cli
