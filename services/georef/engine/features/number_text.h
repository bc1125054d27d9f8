// Decimal numbers as text, fast: a coordinate in 10 nanoseconds.
#ifndef SIGHTLINE_SERVICES_GEOREF_ENGINE_FEATURES_NUMBER_TEXT_H_
#define SIGHTLINE_SERVICES_GEOREF_ENGINE_FEATURES_NUMBER_TEXT_H_

#include <string>

namespace sightline::georef {

inline constexpr int kMostDecimals = 8;
// Sign, 19 digits and a point.
inline constexpr int kLongestNumber = 24;

// Writes `value`, rounded half away from zero to `decimals` (0..kMostDecimals),
// without zeros at the end, and returns the place behind it. `to` has room for
// kLongestNumber. Values that are not finite, or beyond 9e18 in units of the
// last decimal, become "null".
char* WriteNumber(double value, int decimals, char* to);

void AppendNumber(double value, int decimals, std::string& text);

}  // namespace sightline::georef

#endif  // SIGHTLINE_SERVICES_GEOREF_ENGINE_FEATURES_NUMBER_TEXT_H_
