#include "common/inference/card_object.h"

#include <cmath>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/inference/reasons.h"
#include "common/status/error.h"

namespace sightline {
namespace {

const JsonValue& EmptyObject() {
  static const JsonValue* const empty = [] {
    auto* value = new JsonValue;
    value->kind = JsonValue::Kind::kObject;
    return value;
  }();
  return *empty;
}

}  // namespace

CardObject::CardObject(const JsonValue& value, absl::string_view what,
                       absl::Status& status)
    : value_(value), what_(what), status_(status) {
  if (value.kind != JsonValue::Kind::kObject) {
    FailAt(value.position, absl::StrCat(what_, " must be an object, not ",
                                        KindName(value.kind)));
  }
}

bool CardObject::Has(absl::string_view name) const {
  return value_.Find(name) != nullptr;
}

void CardObject::FailAt(TextPosition position, absl::string_view problem) {
  if (!status_.ok()) return;
  status_ = Error(absl::StatusCode::kInvalidArgument, kModelCardInvalid)
                .Message(absl::StrCat("line ", position.line, ", column ",
                                      position.column, ": ", problem))
                .With("line", absl::StrCat(position.line));
}

void CardObject::Fail(absl::string_view name, absl::string_view problem) {
  const JsonValue* const member = value_.Find(name);
  FailAt(member == nullptr ? value_.position : member->position, problem);
}

const JsonValue* CardObject::Member(absl::string_view name,
                                    JsonValue::Kind kind) {
  asked_.insert(std::string(name));
  const JsonValue* const member = value_.Find(name);
  if (member == nullptr) {
    FailAt(value_.position, absl::StrCat(what_, " lacks \"", name, "\""));
    return nullptr;
  }
  if (member->kind != kind) {
    FailAt(member->position,
           absl::StrCat("\"", name, "\" must be ", KindName(kind), ", not ",
                        KindName(member->kind)));
    return nullptr;
  }
  return member;
}

std::string CardObject::Text(absl::string_view name, size_t most_bytes) {
  const JsonValue* const member = Member(name, JsonValue::Kind::kString);
  if (member == nullptr) return "";
  if (member->text.empty() || member->text.size() > most_bytes) {
    FailAt(member->position,
           absl::StrCat("\"", name, "\" must have 1 to ", most_bytes,
                        " bytes, not ", member->text.size()));
    return "";
  }
  return member->text;
}

double CardObject::NumberOf(const JsonValue& value, absl::string_view name,
                            const NumberRange& range) {
  double number = 0;
  const bool is_number = value.kind == JsonValue::Kind::kNumber &&
                         absl::SimpleAtod(value.text, &number);
  // False for NaN and infinity, too.
  const bool is_within = number >= range.least && number <= range.most;
  if (!is_number || !is_within ||
      (range.is_whole && std::floor(number) != number)) {
    FailAt(value.position,
           absl::StrCat("\"", name, "\" must be ",
                        range.is_whole ? "a whole number" : "a number",
                        " from ", range.least, " to ", range.most));
    return range.least;
  }
  return number;
}

double CardObject::Number(absl::string_view name, const NumberRange& range) {
  const JsonValue* const member = Member(name, JsonValue::Kind::kNumber);
  return member == nullptr ? range.least : NumberOf(*member, name, range);
}

int64_t CardObject::Whole(absl::string_view name, int64_t least, int64_t most) {
  return static_cast<int64_t>(Number(
      name, {static_cast<double>(least), static_cast<double>(most), true}));
}

int CardObject::Choice(absl::string_view name,
                       const std::vector<std::string>& words) {
  const JsonValue* const member = Member(name, JsonValue::Kind::kString);
  if (member == nullptr) return 0;
  for (size_t i = 0; i < words.size(); ++i) {
    if (member->text == words[i]) return static_cast<int>(i);
  }
  FailAt(member->position, absl::StrCat("\"", name, "\" must be one of ",
                                        absl::StrJoin(words, ", ")));
  return 0;
}

CardObject CardObject::Object(absl::string_view name) {
  const JsonValue* const member = Member(name, JsonValue::Kind::kObject);
  return CardObject(member == nullptr ? EmptyObject() : *member,
                    absl::StrCat("\"", name, "\""), status_);
}

void CardObject::List(absl::string_view name, size_t least, size_t most,
                      const std::function<void(const JsonValue&)>& read) {
  const JsonValue* const member = Member(name, JsonValue::Kind::kArray);
  if (member == nullptr) return;
  if (member->items.size() < least || member->items.size() > most) {
    FailAt(member->position,
           absl::StrCat("\"", name, "\" must have ", least, " to ", most,
                        " items, not ", member->items.size()));
    return;
  }
  for (const JsonValue& item : member->items) {
    if (status_.ok()) read(item);
  }
}

std::vector<double> CardObject::Numbers(absl::string_view name, size_t least,
                                        size_t most, const NumberRange& range) {
  std::vector<double> numbers;
  List(name, least, most, [&](const JsonValue& item) {
    numbers.push_back(NumberOf(item, name, range));
  });
  return numbers;
}

void CardObject::RefuseOthers() {
  for (const JsonMember& member : value_.members) {
    if (asked_.count(member.name) == 0) {
      FailAt(member.position,
             absl::StrCat(what_, " has no \"", member.name, "\"; there are ",
                          absl::StrJoin(asked_, ", ")));
      return;
    }
  }
}

}  // namespace sightline
