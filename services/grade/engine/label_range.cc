#include <charconv>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "common/status/error.h"
#include "services/grade/engine/layout.h"
#include "services/grade/engine/reasons.h"

namespace sightline::grade {
namespace {

// Digits of a range's numbers: more than any form has, and far from overflow.
constexpr size_t kMaxDigits = 9;

bool IsNumber(absl::string_view text) {
  if (text.empty() || text.size() > kMaxDigits) return false;
  for (const char c : text) {
    if (!absl::ascii_isdigit(static_cast<unsigned char>(c))) return false;
  }
  return true;
}

int ToNumber(absl::string_view text) {
  int number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

absl::Status LabelError(size_t index, absl::string_view description) {
  return Error(absl::StatusCode::kInvalidArgument, kLayoutInvalid)
      .Field(absl::StrCat("[", index, "]"), description);
}

}  // namespace

absl::StatusOr<std::vector<std::string>> ExpandLabels(
    const std::vector<std::string>& labels, int limit) {
  std::vector<std::string> expanded;
  for (size_t i = 0; i < labels.size(); ++i) {
    const absl::string_view label = labels[i];
    const size_t dots = label.find("..");
    int64_t count = 1;
    absl::string_view prefix;
    absl::string_view first;
    if (dots != absl::string_view::npos) {
      const absl::string_view last = label.substr(dots + 2);
      prefix = label.substr(0, dots);
      size_t digits = 0;
      while (digits < prefix.size() &&
             absl::ascii_isdigit(static_cast<unsigned char>(
                 prefix[prefix.size() - 1 - digits]))) {
        ++digits;
      }
      first = prefix.substr(prefix.size() - digits);
      prefix.remove_suffix(digits);
      if (!IsNumber(first) || !IsNumber(last)) {
        return LabelError(
            i,
            "this range can't be read: write a name and two whole numbers "
            "of at most 9 digits, such as q1..20");
      }
      count = int64_t{ToNumber(last)} - ToNumber(first) + 1;
      if (count < 1) {
        return LabelError(i,
                          "this range runs backwards: write the lower "
                          "number first");
      }
    }
    if (static_cast<int64_t>(expanded.size()) + count > limit) {
      return LabelError(i, absl::StrCat("more than ", limit, " labels"));
    }
    if (dots == absl::string_view::npos) {
      expanded.emplace_back(label);
      continue;
    }
    // "q08..11" keeps its leading zero; "q8..11" has none to keep.
    const size_t width = first.size() > 1 && first[0] == '0' ? first.size() : 0;
    for (int64_t k = 0; k < count; ++k) {
      std::string number = absl::StrCat(ToNumber(first) + k);
      if (number.size() < width) number.insert(0, width - number.size(), '0');
      expanded.push_back(absl::StrCat(prefix, number));
    }
  }
  return expanded;
}

}  // namespace sightline::grade
