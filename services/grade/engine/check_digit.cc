#include "services/grade/engine/check_digit.h"

namespace sightline::grade {

bool CheckDigitHolds(CheckDigit rule, absl::string_view number) {
  if (rule == CheckDigit::kNone) return true;
  if (number.size() < 2) return false;
  int sum = 0;
  for (size_t i = 0; i < number.size(); ++i) {
    // From the right.
    const char c = number[number.size() - 1 - i];
    int digit = c - '0';
    if (rule == CheckDigit::kMod11 && i == 0 && c == 'X') {
      digit = 10;
    } else if (c < '0' || c > '9') {
      return false;
    }
    switch (rule) {
      case CheckDigit::kNone:
        break;
      case CheckDigit::kLuhn:
        if (i % 2 == 1) digit = digit < 5 ? 2 * digit : 2 * digit - 9;
        sum += digit;
        break;
      case CheckDigit::kMod11:
        sum += static_cast<int>((i + 1) % 11) * digit;
        break;
      case CheckDigit::kGs1:
        sum += i % 2 == 1 ? 3 * digit : digit;
        break;
    }
  }
  return sum % (rule == CheckDigit::kMod11 ? 11 : 10) == 0;
}

}  // namespace sightline::grade
