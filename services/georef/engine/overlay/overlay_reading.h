// What a frame's overlay said, field by field, with everything that speaks
// against it.
//
// A field whose characters, grammar, range, checks or course over time fail
// has no trusted value: nothing is guessed. The raw text stays, for a person.
#ifndef SIGHTLINE_SERVICES_GEOREF_ENGINE_OVERLAY_OVERLAY_READING_H_
#define SIGHTLINE_SERVICES_GEOREF_ENGINE_OVERLAY_OVERLAY_READING_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "services/georef/engine/metadata/metadata_value.h"
#include "services/georef/engine/overlay/overlay_profile.h"

namespace sightline::georef {

enum class FieldProblem {
  kNone,
  // No character was found where the first should be.
  kAbsent,
  // A character is none of the font, or could be two.
  kUnreadable,
  // The characters are not what the pattern allows, or more follow.
  kNotThePattern,
  // Minutes of 60, a latitude of 95, a date that does not exist, or beyond the
  // profile's range.
  kOutOfRange,
  // A check between fields failed (overlay_checks.h).
  kCheckFailed,
  // It does not follow from the frames before (temporal_filter.h).
  kUnsteady,
};

// "absent", "unreadable" ...
absl::string_view NameOf(FieldProblem problem);

struct FieldReading {
  // Of the profile.
  std::string name;
  // As read, trailing blanks left out; U+FFFD for a character that is not
  // sure.
  std::string text;
  // 0..1, of the least sure character; 0 when nothing was found.
  double confidence = 0;
  // In degrees, metres, metres per second, seconds of the day (clock), days
  // since 1970 (date). For positions the latitude, with `second_number` the
  // longitude. Empty when the field was not read, or failed since.
  std::optional<double> number;
  std::optional<double> second_number;
  // The smallest step the text can tell, in the same unit (0 if not read).
  double resolution = 0;
  FieldProblem problem = FieldProblem::kNone;
  // For a person: "character 7 could be 8 or 3"; which check failed. Empty
  // with kNone.
  std::string why;
};

struct OverlayReading {
  // One for each field of the profile, in its order.
  std::vector<FieldReading> fields;

  const FieldReading* Find(absl::string_view name) const;
};

// Empties the values of `field` because of `problem`. A problem that is there
// already stays.
void Withdraw(FieldReading& field, FieldProblem problem, absl::string_view why);

// The reading as metadata of source kOverlay, one value for each quantity that
// a field of `profile` means, in the profile's order, the timestamp last.
// Fields with a problem give a value without number and with the doubt
// (kUnreadable, kOutOfRange, kContradictory, kUnsteady). A timestamp needs
// clock and date; a clock that does not say UTC gives kReferenceUnclear. The
// origin is "overlay field NAME".
std::vector<MetadataValue> MetadataOf(const OverlayProfile& profile,
                                      const OverlayReading& reading);

}  // namespace sightline::georef

#endif  // SIGHTLINE_SERVICES_GEOREF_ENGINE_OVERLAY_OVERLAY_READING_H_
