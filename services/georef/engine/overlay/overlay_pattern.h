// How a field of an overlay is written: `LAT {ns}{deg:2}°{arcmin:2}'`.
//
// A pattern is text that stands there as it is, with tokens in braces for what
// changes. A token that takes a number says how many digits: `3` exactly three
// (with leading zeros), `1-5` one to five, `~5` five places filled with blanks
// from the left; `.2` behind it adds a point and two digits.
//
//   {ns} {ew}                     N or S, E or W
//   {sign} {sign?}                + or -; the same or nothing
//   {minus?}                      - or nothing
//   {deg:2} {arcmin:2.3} {arcsec:2.1}
//   {num:1-5.1}                   a number in the field's unit
//   {hour:2} {minute:2} {second:2}
//   {year:4} {month:2} {day:2} {month_name}     JAN ... DEC
//   {zone:2} {band} {square} {easting:5} {northing:5}      MGRS
//   {unit}                        one of the field's units
//
// Since overlays have fixed pitch, a pattern is a list of alternatives, each a
// number of cells with the characters that may stand in them: that is what the
// reader matches, cell by cell.
#ifndef SIGHTLINE_SERVICES_GEOREF_ENGINE_OVERLAY_OVERLAY_PATTERN_H_
#define SIGHTLINE_SERVICES_GEOREF_ENGINE_OVERLAY_OVERLAY_PATTERN_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace sightline::georef {

// What a cell contributes to.
enum class CellRole {
  kLiteral,
  kHemisphere,
  kSign,
  kDegrees,
  kArcMinutes,
  kArcSeconds,
  kNumber,
  kHour,
  kMinute,
  kSecond,
  kYear,
  kMonth,
  kMonthName,
  kDay,
  kZone,
  kBand,
  kSquare,
  kEasting,
  kNorthing,
  kUnit,
};

struct PatternCell {
  CellRole role = CellRole::kLiteral;
  // The characters that may stand here. A blank is U' '.
  std::u32string allowed;
};

// One way to write the field, from its first cell to its last.
using PatternAlternative = std::vector<PatternCell>;

struct OverlayPattern {
  // As written.
  std::string text;
  // At most 256, of at most 64 cells each; the longest first.
  std::vector<PatternAlternative> alternatives;

  bool Has(CellRole role) const;
  int longest() const;
};

// Compiles `text`. `units`: the texts that {unit} stands for.
// Errors: InvalidArgument OVERLAY_PROFILE_INVALID (an unknown token, more than
// 256 alternatives or 64 cells, bytes that are not UTF-8); the field path is
// empty. Thread-safe.
absl::StatusOr<OverlayPattern> ParseOverlayPattern(
    absl::string_view text, absl::Span<const std::string> units);

// Code points of valid UTF-8, and back. A byte that belongs to no character
// becomes U+FFFD.
std::u32string ToCodePoints(absl::string_view utf8);
std::string ToUtf8(absl::Span<const char32_t> text);

}  // namespace sightline::georef

#endif  // SIGHTLINE_SERVICES_GEOREF_ENGINE_OVERLAY_OVERLAY_PATTERN_H_
