#include "services/georef/engine/overlay/json_object.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/status/error.h"
#include "common/status/status_macros.h"

namespace sightline::georef {

absl::Status JsonInvalid(absl::string_view reason, TextPosition position,
                         absl::string_view path, absl::string_view what) {
  return Error(absl::StatusCode::kInvalidArgument, reason)
      .Message(absl::StrCat("line ", position.line, ", column ",
                            position.column, ": ", path,
                            path.empty() ? "" : " ", what))
      .Field(path, what);
}

absl::StatusOr<JsonObject> JsonObject::Create(
    const JsonValue& value, std::string path, absl::string_view reason,
    std::initializer_list<absl::string_view> members) {
  if (value.kind != JsonValue::Kind::kObject) {
    return JsonInvalid(
        reason, value.position, path,
        absl::StrCat("must be an object, not ", KindName(value.kind)));
  }
  for (const JsonMember& member : value.members) {
    if (std::find(members.begin(), members.end(), member.name) !=
        members.end()) {
      continue;
    }
    return JsonInvalid(
        reason, member.position, path,
        absl::StrCat("has no member '", member.name, "'; there are ",
                     absl::StrJoin(members, ", ")));
  }
  return JsonObject(value, std::move(path), reason);
}

std::string JsonObject::PathOf(absl::string_view name) const {
  return absl::StrCat(path_, path_.empty() ? "" : ".", name);
}

absl::Status JsonObject::Invalid(absl::string_view name,
                                 absl::string_view what) const {
  const JsonValue* member = Find(name);
  return JsonInvalid(reason_,
                     member == nullptr ? value_->position : member->position,
                     PathOf(name), what);
}

absl::StatusOr<const JsonValue*> JsonObject::Member(
    absl::string_view name, JsonValue::Kind kind) const {
  const JsonValue* member = Find(name);
  if (member == nullptr) return Invalid(name, "is missing");
  if (member->kind != kind) {
    return Invalid(name, absl::StrCat("must be ", KindName(kind), ", not ",
                                      KindName(member->kind)));
  }
  return member;
}

absl::StatusOr<std::string> JsonObject::Text(absl::string_view name) const {
  SL_ASSIGN_OR_RETURN(const JsonValue* member,
                      Member(name, JsonValue::Kind::kString));
  return member->text;
}

absl::StatusOr<double> JsonObject::Number(absl::string_view name, double low,
                                          double high) const {
  SL_ASSIGN_OR_RETURN(const JsonValue* member,
                      Member(name, JsonValue::Kind::kNumber));
  double number = 0;
  if (!absl::SimpleAtod(member->text, &number) ||
      !(number >= low && number <= high)) {
    return Invalid(name, absl::StrCat("must be within ", low, "..", high));
  }
  return number;
}

absl::StatusOr<int> JsonObject::Whole(absl::string_view name, int low,
                                      int high) const {
  SL_ASSIGN_OR_RETURN(const double number, Number(name, low, high));
  if (number != std::floor(number)) {
    return Invalid(name, "must be a whole number");
  }
  return static_cast<int>(number);
}

absl::StatusOr<double> JsonObject::NumberOr(absl::string_view name, double low,
                                            double high,
                                            double otherwise) const {
  if (!Has(name)) return otherwise;
  return Number(name, low, high);
}

absl::StatusOr<std::string> JsonObject::TextOr(
    absl::string_view name, absl::string_view otherwise) const {
  if (!Has(name)) return std::string(otherwise);
  return Text(name);
}

absl::StatusOr<bool> JsonObject::BoolOr(absl::string_view name,
                                        bool otherwise) const {
  if (!Has(name)) return otherwise;
  SL_ASSIGN_OR_RETURN(const JsonValue* member,
                      Member(name, JsonValue::Kind::kBool));
  return member->text == "true";
}

}  // namespace sightline::georef
