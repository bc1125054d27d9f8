// From the characters of a field to its number.
#ifndef SIGHTLINE_SERVICES_GEOREF_ENGINE_OVERLAY_FIELD_VALUE_H_
#define SIGHTLINE_SERVICES_GEOREF_ENGINE_OVERLAY_FIELD_VALUE_H_

#include <optional>
#include <string>

#include "absl/status/status.h"
#include "services/georef/engine/overlay/overlay_profile.h"

namespace sightline::georef {

struct FieldValue {
  // Units of FieldReading::number.
  std::optional<double> number;
  std::optional<double> second_number;
  double resolution = 0;
  // Empty, or why the text is no such value: "61 minutes".
  std::string out_of_range;
};

// The value of `text`, which `alternative` of the field's pattern allows cell
// for cell. Thread-safe.
FieldValue ValueOfField(const OverlayField& field,
                        const PatternAlternative& alternative,
                        const std::u32string& text);

// Whether the tokens of the field's pattern make a value of its meaning and
// unit: a latitude has degrees, a clock hours and minutes. Errors:
// InvalidArgument OVERLAY_PROFILE_INVALID, the path being "pattern", "unit" or
// "meaning"; FailedPrecondition OVERLAY_MGRS_UNAVAILABLE.
absl::Status CheckTokens(const OverlayField& field);

// An alternative of `pattern` that allows `text` cell for cell, or null.
const PatternAlternative* FindAlternative(const OverlayPattern& pattern,
                                          const std::u32string& text);

}  // namespace sightline::georef

#endif  // SIGHTLINE_SERVICES_GEOREF_ENGINE_OVERLAY_FIELD_VALUE_H_
