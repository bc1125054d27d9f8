#include "common/text/json_text.h"

#include <cstdint>
#include <set>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "common/status/error.h"
#include "common/status/status_macros.h"
#include "common/text/utf8.h"

namespace sightline {
namespace {

// Protobuf's own limit is 100; no message of ours nests deeper than 10.
constexpr int kMaxDepth = 64;

void AppendUtf8(std::string& out, uint32_t code) {
  if (code < 0x80) {
    out += static_cast<char>(code);
  } else if (code < 0x800) {
    out += static_cast<char>(0xc0 | code >> 6);
    out += static_cast<char>(0x80 | (code & 0x3f));
  } else if (code < 0x10000) {
    out += static_cast<char>(0xe0 | code >> 12);
    out += static_cast<char>(0x80 | (code >> 6 & 0x3f));
    out += static_cast<char>(0x80 | (code & 0x3f));
  } else {
    out += static_cast<char>(0xf0 | code >> 18);
    out += static_cast<char>(0x80 | (code >> 12 & 0x3f));
    out += static_cast<char>(0x80 | (code >> 6 & 0x3f));
    out += static_cast<char>(0x80 | (code & 0x3f));
  }
}

class Parser {
 public:
  Parser(absl::string_view text, int64_t max_values)
      : text_(text), values_left_(max_values) {}

  absl::StatusOr<JsonValue> ParseDocument() {
    // A byte order mark, as some editors write.
    if (text_.substr(0, 3) == "\xef\xbb\xbf") next_ = line_start_ = 3;
    SL_ASSIGN_OR_RETURN(JsonValue value, ParseValue(0));
    SkipSpace();
    if (!AtEnd()) return Fail("there is more text after the end");
    return value;
  }

 private:
  bool AtEnd() const { return next_ >= text_.size(); }
  char Peek() const { return AtEnd() ? '\0' : text_[next_]; }

  TextPosition Position() const {
    return {line_, static_cast<int>(next_ - line_start_) + 1};
  }

  absl::Status Fail(absl::string_view problem) const {
    return FailAt(Position(), problem);
  }

  static absl::Status FailAt(TextPosition position, absl::string_view problem) {
    return Error(absl::StatusCode::kInvalidArgument, "JSON_INVALID")
        .Message(absl::StrCat("line ", position.line, ", column ",
                              position.column, ": ", problem))
        .With("line", absl::StrCat(position.line));
  }

  void SkipSpace() {
    for (; !AtEnd(); ++next_) {
      const char letter = text_[next_];
      if (letter == '\n') {
        ++line_;
        line_start_ = next_ + 1;
      } else if (letter != ' ' && letter != '\t' && letter != '\r') {
        break;
      }
    }
  }

  absl::StatusOr<JsonValue> ParseValue(int depth) {
    if (depth > kMaxDepth) return Fail("too many levels");
    if (values_left_-- <= 0) return Fail("too many values");
    SkipSpace();
    JsonValue value;
    value.position = Position();
    if (AtEnd()) return Fail("a value is missing");
    switch (Peek()) {
      case '{':
        SL_RETURN_IF_ERROR(ParseObject(depth, value));
        return value;
      case '[':
        SL_RETURN_IF_ERROR(ParseArray(depth, value));
        return value;
      case '"': {
        value.kind = JsonValue::Kind::kString;
        SL_ASSIGN_OR_RETURN(value.text, ParseString());
        return value;
      }
      case 't':
        return ParseWord("true", JsonValue::Kind::kBool, value);
      case 'f':
        return ParseWord("false", JsonValue::Kind::kBool, value);
      case 'n':
        return ParseWord("null", JsonValue::Kind::kNull, value);
      case '/':
      case '#':
        return Fail("JSON has no comments");
      default:
        SL_RETURN_IF_ERROR(ParseNumber(value));
        return value;
    }
  }

  absl::StatusOr<JsonValue> ParseWord(absl::string_view word,
                                      JsonValue::Kind kind, JsonValue value) {
    if (text_.substr(next_, word.size()) != word) {
      return Fail("expected a value");
    }
    next_ += word.size();
    value.kind = kind;
    value.text = std::string(word);
    return value;
  }

  absl::Status ParseNumber(JsonValue& value) {
    const size_t begin = next_;
    const auto digits = [this] {
      const size_t first = next_;
      while (absl::ascii_isdigit(static_cast<unsigned char>(Peek()))) ++next_;
      return next_ > first;
    };
    if (Peek() == '-') ++next_;
    const bool leading_zero = Peek() == '0';
    const size_t whole = next_;
    if (!digits()) return Fail("expected a value");
    if (leading_zero && next_ - whole > 1) {
      return Fail("a number must not begin with 0");
    }
    if (Peek() == '.') {
      ++next_;
      if (!digits()) return Fail("digits are missing after the point");
    }
    if (Peek() == 'e' || Peek() == 'E') {
      ++next_;
      if (Peek() == '+' || Peek() == '-') ++next_;
      if (!digits()) return Fail("digits are missing in the exponent");
    }
    value.kind = JsonValue::Kind::kNumber;
    value.text = std::string(text_.substr(begin, next_ - begin));
    return absl::OkStatus();
  }

  absl::StatusOr<uint32_t> ParseHex() {
    uint32_t code = 0;
    for (int i = 0; i < 4; ++i, ++next_) {
      const auto letter = static_cast<unsigned char>(Peek());
      if (!absl::ascii_isxdigit(letter)) return Fail("\\u needs 4 hex digits");
      code = code * 16 + (absl::ascii_isdigit(letter)
                              ? letter - '0'
                              : absl::ascii_tolower(letter) - 'a' + 10);
    }
    return code;
  }

  absl::Status ParseEscape(std::string& out) {
    ++next_;
    const char letter = Peek();
    constexpr absl::string_view kWritten = "\"\\/bfnrt";
    constexpr absl::string_view kMeant = "\"\\/\b\f\n\r\t";
    const size_t simple = kWritten.find(letter);
    if (!AtEnd() && simple != absl::string_view::npos) {
      ++next_;
      out += kMeant[simple];
      return absl::OkStatus();
    }
    if (letter != 'u') return Fail("unknown escape");
    ++next_;
    SL_ASSIGN_OR_RETURN(uint32_t code, ParseHex());
    if (code >= 0xd800 && code < 0xdc00 && text_.substr(next_, 2) == "\\u") {
      next_ += 2;
      SL_ASSIGN_OR_RETURN(const uint32_t low, ParseHex());
      if (low < 0xdc00 || low > 0xdfff) return Fail("half a surrogate pair");
      code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
    } else if (code >= 0xd800 && code <= 0xdfff) {
      return Fail("half a surrogate pair");
    }
    AppendUtf8(out, code);
    return absl::OkStatus();
  }

  absl::StatusOr<std::string> ParseString() {
    const TextPosition begin = Position();
    std::string out;
    ++next_;
    while (true) {
      if (AtEnd()) return FailAt(begin, "this string has no end");
      const auto byte = static_cast<unsigned char>(Peek());
      if (byte == '"') break;
      if (byte == '\\') {
        SL_RETURN_IF_ERROR(ParseEscape(out));
        continue;
      }
      if (byte < 0x20) return Fail("a string must end in the line it began");
      const int length = Utf8Length(text_.substr(next_, 4));
      if (length == 0) return Fail("the file is not UTF-8");
      absl::StrAppend(&out, text_.substr(next_, length));
      next_ += length;
    }
    ++next_;
    return out;
  }

  absl::Status ParseArray(int depth, JsonValue& value) {
    value.kind = JsonValue::Kind::kArray;
    ++next_;
    SkipSpace();
    if (Peek() == ']') {
      ++next_;
      return absl::OkStatus();
    }
    while (true) {
      SL_ASSIGN_OR_RETURN(JsonValue item, ParseValue(depth + 1));
      value.items.push_back(std::move(item));
      SkipSpace();
      const char letter = Peek();
      if (letter != ',' && letter != ']') return Fail("expected , or ]");
      ++next_;
      if (letter == ']') return absl::OkStatus();
    }
  }

  absl::Status ParseObject(int depth, JsonValue& value) {
    value.kind = JsonValue::Kind::kObject;
    std::set<std::string> names;
    ++next_;
    SkipSpace();
    if (Peek() == '}') {
      ++next_;
      return absl::OkStatus();
    }
    while (true) {
      SkipSpace();
      JsonMember member;
      member.position = Position();
      if (Peek() != '"') return Fail("expected a name in quotes");
      SL_ASSIGN_OR_RETURN(member.name, ParseString());
      if (!names.insert(member.name).second) {
        return FailAt(member.position,
                      absl::StrCat("\"", member.name, "\" stands here twice"));
      }
      SkipSpace();
      if (Peek() != ':') return Fail("expected :");
      ++next_;
      SL_ASSIGN_OR_RETURN(member.value, ParseValue(depth + 1));
      value.members.push_back(std::move(member));
      SkipSpace();
      const char letter = Peek();
      if (letter != ',' && letter != '}') return Fail("expected , or }");
      ++next_;
      if (letter == '}') return absl::OkStatus();
    }
  }

  absl::string_view text_;
  int64_t values_left_;
  size_t next_ = 0;
  size_t line_start_ = 0;
  int line_ = 1;
};

}  // namespace

const JsonValue* JsonValue::Find(absl::string_view name) const {
  for (const JsonMember& member : members) {
    if (member.name == name) return &member.value;
  }
  return nullptr;
}

absl::StatusOr<JsonValue> ParseJson(absl::string_view text,
                                    int64_t max_values) {
  return Parser(text, max_values).ParseDocument();
}

absl::string_view KindName(JsonValue::Kind kind) {
  switch (kind) {
    case JsonValue::Kind::kNull:
      return "null";
    case JsonValue::Kind::kBool:
      return "true or false";
    case JsonValue::Kind::kNumber:
      return "a number";
    case JsonValue::Kind::kString:
      return "a string";
    case JsonValue::Kind::kArray:
      return "a list";
    case JsonValue::Kind::kObject:
      return "an object";
  }
  return "a value";
}

}  // namespace sightline
