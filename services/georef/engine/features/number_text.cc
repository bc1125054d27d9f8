#include "services/georef/engine/features/number_text.h"

#include <cmath>
#include <cstdint>
#include <cstring>

namespace sightline::georef {
namespace {

constexpr double kPowersOfTen[kMostDecimals + 1] = {1,   1e1, 1e2, 1e3, 1e4,
                                                    1e5, 1e6, 1e7, 1e8};
constexpr double kMostUnits = 9e18;

struct DigitPairs {
  char text[200];
  constexpr DigitPairs() : text() {
    for (int i = 0; i < 100; ++i) {
      text[2 * i] = static_cast<char>('0' + i / 10);
      text[2 * i + 1] = static_cast<char>('0' + i % 10);
    }
  }
};
constexpr DigitPairs kPairs;

}  // namespace

char* WriteNumber(double value, int decimals, char* to) {
  const double scaled = std::abs(value) * kPowersOfTen[decimals];
  if (!(scaled < kMostUnits)) {
    std::memcpy(to, "null", 4);
    return to + 4;
  }
  uint64_t units = static_cast<uint64_t>(scaled + 0.5);
  if (units == 0) {
    *to = '0';
    return to + 1;
  }
  // Without the zeros at the end.
  while (decimals > 0 && units % 10 == 0) {
    units /= 10;
    --decimals;
  }
  if (value < 0) *to++ = '-';
  // Backwards, with as many leading zeros as the point needs.
  char digits[kLongestNumber];
  char* const end = digits + sizeof(digits);
  char* begin = end;
  while (units >= 100) {
    begin -= 2;
    std::memcpy(begin, &kPairs.text[2 * (units % 100)], 2);
    units /= 100;
  }
  if (units >= 10) {
    begin -= 2;
    std::memcpy(begin, &kPairs.text[2 * units], 2);
  } else {
    *--begin = static_cast<char>('0' + units);
  }
  while (end - begin <= decimals) *--begin = '0';
  const size_t whole = end - begin - decimals;
  std::memcpy(to, begin, whole);
  to += whole;
  if (decimals > 0) {
    *to++ = '.';
    std::memcpy(to, begin + whole, decimals);
    to += decimals;
  }
  return to;
}

void AppendNumber(double value, int decimals, std::string& text) {
  char number[kLongestNumber];
  text.append(number, WriteNumber(value, decimals, number) - number);
}

}  // namespace sightline::georef
