// The order in which people count: page2 before page10.
#ifndef SIGHTLINE_TOOLS_SIGHTLINE_INPUT_NATURAL_ORDER_H_
#define SIGHTLINE_TOOLS_SIGHTLINE_INPUT_NATURAL_ORDER_H_

#include "absl/strings/string_view.h"

namespace sightline::cli {

// Whether `a` comes before `b`: runs of digits compare as numbers of any
// length, everything else as bytes without regard to ASCII case; what is equal
// so far compares as plain bytes. A strict weak order.
bool NaturallyBefore(absl::string_view a, absl::string_view b);

}  // namespace sightline::cli

#endif  // SIGHTLINE_TOOLS_SIGHTLINE_INPUT_NATURAL_ORDER_H_
