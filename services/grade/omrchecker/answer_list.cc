#include "services/grade/omrchecker/answer_list.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/status/status_macros.h"

namespace sightline::grade::omrchecker {
namespace {

using Kind = JsonValue::Kind;

constexpr int kMaxDepth = 4;

JsonValue TextValue(absl::string_view text) {
  JsonValue value;
  value.kind = Kind::kString;
  value.text = std::string(text);
  return value;
}

// A list of strings and numbers, in Python's way of writing.
class PythonList {
 public:
  explicit PythonList(absl::string_view text) : text_(text) {}

  absl::StatusOr<JsonValue> Parse() {
    SL_ASSIGN_OR_RETURN(JsonValue value, ParseValue(0));
    SkipSpace();
    if (next_ != text_.size()) return Fail();
    return value;
  }

 private:
  char Peek() const { return next_ < text_.size() ? text_[next_] : '\0'; }
  void SkipSpace() {
    while (absl::ascii_isspace(static_cast<unsigned char>(Peek()))) ++next_;
  }
  absl::Status Fail() const {
    return absl::InvalidArgumentError(absl::StrCat(
        "the list of answers can't be read from its byte ", next_ + 1,
        " on; write it like ['A', 'B'] or [['A', 1], ['B', 0.5]]"));
  }

  absl::StatusOr<JsonValue> ParseValue(int depth) {
    if (depth > kMaxDepth) return Fail();
    SkipSpace();
    const char first = Peek();
    if (first == '[' || first == '(') return ParseList(depth);
    if (first == '\'' || first == '"') return ParseText(first);
    JsonValue number;
    number.kind = Kind::kNumber;
    while (absl::ascii_isalnum(static_cast<unsigned char>(Peek())) ||
           Peek() == '-' || Peek() == '+' || Peek() == '.') {
      number.text += text_[next_++];
    }
    if (!ParseMarks(number.text).has_value()) return Fail();
    return number;
  }

  absl::StatusOr<JsonValue> ParseText(char quote) {
    const size_t end = text_.find(quote, ++next_);
    if (end == absl::string_view::npos) return Fail();
    const absl::string_view content = text_.substr(next_, end - next_);
    // Escapes are no part of any bubble's value.
    if (absl::StrContains(content, "\\")) return Fail();
    next_ = end + 1;
    return TextValue(content);
  }

  absl::StatusOr<JsonValue> ParseList(int depth) {
    const char end = text_[next_++] == '[' ? ']' : ')';
    JsonValue list;
    list.kind = Kind::kArray;
    while (true) {
      SkipSpace();
      if (Peek() == end) break;
      SL_ASSIGN_OR_RETURN(JsonValue item, ParseValue(depth + 1));
      list.items.push_back(std::move(item));
      SkipSpace();
      if (Peek() == ',') {
        ++next_;
      } else if (Peek() != end) {
        return Fail();
      }
    }
    ++next_;
    return list;
  }

  absl::string_view text_;
  size_t next_ = 0;
};

bool IsText(const JsonValue& value) { return value.kind == Kind::kString; }

bool IsList(const JsonValue& value) { return value.kind == Kind::kArray; }

bool AllText(const JsonValue& list) {
  return std::all_of(list.items.begin(), list.items.end(), IsText);
}

bool IsMarks(const JsonValue& value) {
  return (value.kind == Kind::kNumber || value.kind == Kind::kString) &&
         ParseMarks(value.text).has_value();
}

// ["A", 2]
bool IsWeighted(const JsonValue& value) {
  return IsList(value) && value.items.size() == 2 && IsText(value.items[0]) &&
         IsMarks(value.items[1]);
}

// ["A", [2, -1, 0]] or [["A", "B"], [2, -1, 0]]
bool HasOwnScheme(const JsonValue& value) {
  if (value.items.size() != 2 || !IsList(value.items[1])) return false;
  const JsonValue& answers = value.items[0];
  const std::vector<JsonValue>& marks = value.items[1].items;
  return (IsText(answers) || (IsList(answers) && AllText(answers))) &&
         !marks.empty() && marks.size() <= 3 &&
         std::all_of(marks.begin(), marks.end(), IsMarks);
}

void Accept(const JsonValue& text, v1::Question* question) {
  question->add_accepted()->set_answer(text.text);
}

void AcceptAll(const JsonValue& list, v1::Question* question) {
  for (const JsonValue& item : list.items) Accept(item, question);
}

}  // namespace

bool ReadAnswers(const JsonFile& file, const Place& place,
                 v1::Question* question) {
  const JsonValue& value = *place.value;
  if (IsText(value)) {
    Accept(value, question);
    return true;
  }
  if (IsList(value) && !value.items.empty() && AllText(value)) {
    AcceptAll(value, question);
    return true;
  }
  if (IsList(value) && !value.items.empty() &&
      std::all_of(value.items.begin(), value.items.end(), IsWeighted)) {
    for (const JsonValue& item : value.items) {
      v1::AcceptedAnswer* accepted = question->add_accepted();
      accepted->set_answer(item.items[0].text);
      accepted->set_marks(ParseMarks(item.items[1].text).value());
    }
    return true;
  }
  if (IsList(value) && HasOwnScheme(value)) {
    if (IsText(value.items[0])) {
      Accept(value.items[0], question);
    } else {
      AcceptAll(value.items[0], question);
    }
    const std::vector<JsonValue>& marks = value.items[1].items;
    v1::Marks* own = question->mutable_marks();
    own->set_correct(ParseMarks(marks[0].text).value());
    if (marks.size() > 1) own->set_incorrect(ParseMarks(marks[1].text).value());
    if (marks.size() > 2) own->set_blank(ParseMarks(marks[2].text).value());
    return true;
  }
  file.Error(place,
             "is no answer: write \"A\", [\"A\", \"B\"] for several right "
             "ones, or [[\"A\", 2], [\"B\", 0.5]] for marks of each");
  return false;
}

absl::StatusOr<JsonValue> ParseAnswerColumn(absl::string_view text) {
  text = absl::StripAsciiWhitespace(text);
  if (text.empty()) return absl::InvalidArgumentError("the answer is missing");
  if (text[0] == '[') return PythonList(text).Parse();
  if (!absl::StrContains(text, ",")) return TextValue(text);
  JsonValue list;
  list.kind = Kind::kArray;
  for (const absl::string_view part : absl::StrSplit(text, ',')) {
    const absl::string_view answer = absl::StripAsciiWhitespace(part);
    if (answer.empty()) {
      return absl::InvalidArgumentError("an answer between commas is missing");
    }
    list.items.push_back(TextValue(answer));
  }
  return list;
}

}  // namespace sightline::grade::omrchecker
