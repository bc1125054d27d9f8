// Numbers whose last digit is computed from the others, so that a digit that
// was marked or read wrong is noticed.
#ifndef SIGHTLINE_SERVICES_GRADE_ENGINE_CHECK_DIGIT_H_
#define SIGHTLINE_SERVICES_GRADE_ENGINE_CHECK_DIGIT_H_

#include "absl/strings/string_view.h"

namespace sightline::grade {

enum class CheckDigit {
  kNone,
  // From the right every second digit doubled, the digits of all summed up to
  // a multiple of 10 (ISO/IEC 7812-1, annex B): bank cards, many rolls.
  kLuhn,
  // From the right weights 1, 2, 3 ..., summed up to a multiple of 11; a last
  // X stands for 10 (ISO 2108 for ten digits).
  kMod11,
  // From the right weights 1, 3, 1, 3 ..., summed up to a multiple of 10 (GS1
  // General Specifications, 7.9): EAN, UPC.
  kGs1,
};

// Whether `number`, its check digit last, fulfils its rule. True for kNone.
// False for anything but digits, and for fewer than two.
bool CheckDigitHolds(CheckDigit rule, absl::string_view number);

}  // namespace sightline::grade

#endif  // SIGHTLINE_SERVICES_GRADE_ENGINE_CHECK_DIGIT_H_
