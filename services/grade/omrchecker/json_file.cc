#include "services/grade/omrchecker/json_file.h"

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

namespace sightline::grade::omrchecker {
namespace {

using Kind = JsonValue::Kind;

// A value takes some 150 bytes: 15 MB for the largest file.
constexpr int64_t kMaxValues = 100'000;
constexpr size_t kMaxDigits = 9;

// Names of a file are shown whole only as far as people write them.
std::string Shown(absl::string_view name) {
  constexpr size_t kMost = 64;
  if (name.size() <= kMost) return std::string(name);
  return absl::StrCat(name.substr(0, kMost), "...");
}

std::optional<double> FiniteNumber(absl::string_view text) {
  double number = 0;
  if (!absl::SimpleAtod(text, &number) || !std::isfinite(number)) {
    return std::nullopt;
  }
  return number;
}

std::optional<int64_t> WholeNumber(absl::string_view digits) {
  int64_t number = 0;
  if (digits.empty() || digits.size() > kMaxDigits ||
      !std::all_of(digits.begin(), digits.end(),
                   [](unsigned char c) { return absl::ascii_isdigit(c); }) ||
      !absl::SimpleAtoi(digits, &number)) {
    return std::nullopt;
  }
  return number;
}

}  // namespace

Place Place::operator[](absl::string_view name) const {
  return {value == nullptr ? nullptr : value->Find(name),
          path.empty() ? Shown(name) : absl::StrCat(path, ".", Shown(name))};
}

Place Place::Of(const JsonMember& member) const {
  const std::string name = Shown(member.name);
  return {&member.value, path.empty() ? name : absl::StrCat(path, ".", name)};
}

Place Place::Item(size_t index) const {
  return {&value->items[index], absl::StrCat(path, "[", index, "]")};
}

std::optional<JsonValue> JsonFile::Parse(absl::string_view text) const {
  absl::StatusOr<JsonValue> value = ParseJson(text, kMaxValues);
  if (!value.ok()) {
    findings_.Error(file_, "", {}, std::string(value.status().message()));
    return std::nullopt;
  }
  if (!IsObject({&*value, ""})) return std::nullopt;
  return *std::move(value);
}

void JsonFile::Error(const Place& place, absl::string_view text) const {
  findings_.Error(file_, place.path,
                  place.exists() ? place.value->position : TextPosition(),
                  text);
}

void JsonFile::Note(const Place& place, absl::string_view text) const {
  findings_.Note(file_, place.path,
                 place.exists() ? place.value->position : TextPosition(), text);
}

void JsonFile::Missing(const Place& object, absl::string_view name,
                       absl::string_view meaning) const {
  Error(object, absl::StrCat("\"", name, "\" is missing: ", meaning));
}

bool JsonFile::IsObject(const Place& place) const {
  if (place.value->kind == Kind::kObject) return true;
  Error(place, absl::StrCat("is ", KindName(place.value->kind),
                            ", must be an object"));
  return false;
}

bool JsonFile::IsList(const Place& place) const {
  if (place.value->kind == Kind::kArray) return true;
  Error(place,
        absl::StrCat("is ", KindName(place.value->kind), ", must be a list"));
  return false;
}

std::optional<std::string> JsonFile::String(const Place& place) const {
  if (place.value->kind == Kind::kString) return place.value->text;
  Error(place,
        absl::StrCat("is ", KindName(place.value->kind), ", must be a string"));
  return std::nullopt;
}

std::optional<double> JsonFile::Number(const Place& place, double least) const {
  if (place.value->kind != Kind::kNumber) {
    Error(place, absl::StrCat("is ", KindName(place.value->kind),
                              ", must be a number"));
    return std::nullopt;
  }
  const auto number = FiniteNumber(place.value->text);
  if (number.has_value() && *number >= least) return number;
  Error(place, absl::StrCat("is ", Shown(place.value->text),
                            ", must be finite and at least ", least));
  return std::nullopt;
}

std::optional<bool> JsonFile::Bool(const Place& place) const {
  if (place.value->kind == Kind::kBool) return place.value->text == "true";
  Error(place, absl::StrCat("is ", KindName(place.value->kind),
                            ", must be true or false"));
  return std::nullopt;
}

std::optional<PixelPoint> JsonFile::Pair(const Place& place,
                                         double least) const {
  if (place.value->kind != Kind::kArray || place.value->items.size() != 2) {
    Error(place, "must be a list of two numbers");
    return std::nullopt;
  }
  const auto x = Number(place.Item(0), least);
  const auto y = Number(place.Item(1), least);
  if (!x.has_value() || !y.has_value()) return std::nullopt;
  return PixelPoint{*x, *y};
}

std::optional<std::vector<std::string>> JsonFile::Strings(
    const Place& place) const {
  if (!IsList(place)) return std::nullopt;
  std::vector<std::string> strings;
  for (size_t i = 0; i < place.value->items.size(); ++i) {
    auto text = String(place.Item(i));
    if (!text.has_value()) return std::nullopt;
    strings.push_back(*std::move(text));
  }
  return strings;
}

bool JsonFile::ExpandInto(const Place& place, const std::string& text,
                          int limit, std::vector<std::string>& labels) const {
  const auto room = [&](int64_t count) {
    if (static_cast<int64_t>(labels.size()) + count <= limit) return true;
    Error(place, absl::StrCat("more than ", limit, " labels"));
    return false;
  };
  const size_t dots = text.find("..");
  if (dots == std::string::npos) {
    if (!room(1)) return false;
    labels.push_back(text);
    return true;
  }
  absl::string_view prefix = absl::string_view(text).substr(0, dots);
  absl::string_view last = absl::string_view(text).substr(dots + 2);
  absl::ConsumePrefix(&last, ".");
  size_t digits = 0;
  while (digits < prefix.size() &&
         absl::ascii_isdigit(
             static_cast<unsigned char>(prefix[prefix.size() - 1 - digits]))) {
    ++digits;
  }
  const auto from = WholeNumber(prefix.substr(prefix.size() - digits));
  const auto to = WholeNumber(last);
  prefix.remove_suffix(digits);
  if (prefix.empty() || !from.has_value() || !to.has_value() || *from >= *to) {
    Error(place, absl::StrCat("'", Shown(text),
                              "' can't be read: a range is a name and two "
                              "whole numbers, the lower one first, such as "
                              "q1..20"));
    return false;
  }
  if (!room(*to - *from + 1)) return false;
  // Zeros in front are lost, as in OMRChecker.
  for (int64_t i = *from; i <= *to; ++i) {
    labels.push_back(absl::StrCat(prefix, i));
  }
  return true;
}

std::optional<std::vector<std::string>> JsonFile::Labels(const Place& place,
                                                         int limit) const {
  if (!IsList(place)) return std::nullopt;
  std::vector<std::string> labels;
  for (size_t i = 0; i < place.value->items.size(); ++i) {
    const Place item = place.Item(i);
    const auto text = String(item);
    if (!text.has_value()) return std::nullopt;
    if (!ExpandInto(item, *text, limit, labels)) return std::nullopt;
  }
  return labels;
}

std::optional<double> JsonFile::Marks(const Place& place) const {
  const bool can_be =
      place.value->kind == Kind::kNumber || place.value->kind == Kind::kString;
  const auto marks = can_be ? ParseMarks(place.value->text) : std::nullopt;
  if (!marks.has_value()) {
    Error(place,
          "is no number of marks: write one such as 3, -0.25 or \"-1/4\"");
  }
  return marks;
}

void JsonFile::NoteUnknown(const Place& object,
                           std::initializer_list<absl::string_view> known,
                           absl::string_view instead) const {
  for (const JsonMember& member : object.value->members) {
    if (std::find(known.begin(), known.end(), member.name) != known.end()) {
      continue;
    }
    if (findings_.Full()) return;
    Note(object.Of(member), instead);
  }
}

std::optional<double> ParseMarks(absl::string_view text) {
  const size_t slash = text.find('/');
  if (slash == absl::string_view::npos) return FiniteNumber(text);
  const auto above = FiniteNumber(text.substr(0, slash));
  const auto below = FiniteNumber(text.substr(slash + 1));
  if (!above.has_value() || !below.has_value() || *below == 0) {
    return std::nullopt;
  }
  const double marks = *above / *below;
  return std::isfinite(marks) ? std::optional<double>(marks) : std::nullopt;
}

}  // namespace sightline::grade::omrchecker
