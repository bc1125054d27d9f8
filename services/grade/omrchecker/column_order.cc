#include "services/grade/omrchecker/column_order.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <tuple>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace sightline::grade::omrchecker {
namespace {

// Longer numbers are taken for text.
constexpr size_t kMaxDigits = 9;

bool IsDigit(char c) {
  return absl::ascii_isdigit(static_cast<unsigned char>(c));
}

struct ColumnKey {
  absl::string_view prefix;
  int64_t number = 0;
  absl::string_view rest;
  bool operator<(const ColumnKey& other) const {
    return std::tie(prefix, number, rest) <
           std::tie(other.prefix, other.number, other.rest);
  }
};

ColumnKey KeyOf(absl::string_view label) {
  size_t begin = 0;
  while (begin < label.size() && !IsDigit(label[begin])) ++begin;
  size_t end = begin;
  while (end < label.size() && IsDigit(label[end])) ++end;
  ColumnKey key;
  key.prefix = label.substr(0, begin);
  key.rest = label.substr(end);
  if (end - begin > kMaxDigits || end == begin ||
      !absl::SimpleAtoi(label.substr(begin, end - begin), &key.number)) {
    key.number = 0;
    key.rest = label.substr(begin);
  }
  return key;
}

// A label that ends in a number as people write it.
struct Numbered {
  absl::string_view prefix;
  int64_t number = 0;
};

std::optional<Numbered> NumberedLabel(absl::string_view label) {
  size_t digits = 0;
  while (digits < label.size() && IsDigit(label[label.size() - 1 - digits])) {
    ++digits;
  }
  const absl::string_view number = label.substr(label.size() - digits);
  if (digits == 0 || digits > kMaxDigits || digits == label.size() ||
      (digits > 1 && number[0] == '0')) {
    return std::nullopt;
  }
  Numbered numbered;
  numbered.prefix = label.substr(0, label.size() - digits);
  if (!absl::SimpleAtoi(number, &numbered.number)) return std::nullopt;
  return numbered;
}

}  // namespace

void SortAsColumns(std::vector<std::string>& labels) {
  std::sort(labels.begin(), labels.end(),
            [](const std::string& a, const std::string& b) {
              return KeyOf(a) < KeyOf(b);
            });
}

std::vector<std::string> AsRanges(const std::vector<std::string>& labels) {
  std::vector<std::string> ranges;
  for (size_t i = 0; i < labels.size();) {
    const auto first = NumberedLabel(labels[i]);
    size_t end = i + 1;
    while (first.has_value() && end < labels.size()) {
      const auto next = NumberedLabel(labels[end]);
      if (!next.has_value() || next->prefix != first->prefix ||
          next->number != first->number + static_cast<int64_t>(end - i)) {
        break;
      }
      ++end;
    }
    if (end - i >= 2) {
      ranges.push_back(absl::StrCat(
          labels[i], "..", first->number + static_cast<int64_t>(end - i) - 1));
    } else {
      ranges.push_back(labels[i]);
    }
    i = end;
  }
  return ranges;
}

}  // namespace sightline::grade::omrchecker
