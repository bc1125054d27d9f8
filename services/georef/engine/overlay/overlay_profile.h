// Where an overlay writes what, and how: the layout of a burned-in overlay as
// data.
//
// Overlays differ by maker and customer, so their layout is a JSON file
// (docs/georef_overlay.md): a person writes boxes, patterns, units and
// meanings; calibration (overlay_calibration.h) adds the characters' pictures
// and the pitch, learnt from frames whose text a person has confirmed.
//
// Boxes and positions are pixels of the reference frame, corner-based.
// Characters have fixed pitch. Proportional fonts are refused by calibration.
#ifndef SIGHTLINE_SERVICES_GEOREF_ENGINE_OVERLAY_OVERLAY_PROFILE_H_
#define SIGHTLINE_SERVICES_GEOREF_ENGINE_OVERLAY_OVERLAY_PROFILE_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "services/georef/engine/metadata/metadata_value.h"
#include "services/georef/engine/overlay/overlay_pattern.h"

namespace sightline::georef {

// Whole pixels of the reference frame.
struct OverlayBox {
  int left = 0;
  int top = 0;
  int width = 0;
  int height = 0;
  bool operator==(const OverlayBox&) const = default;
};

// Which channel shows the characters best.
enum class OverlayInk {
  // The darkest of red, green and blue: white and light gray characters.
  kLight,
  // The brightest of the three, inverted: black ones.
  kDark,
  kRed,
  kGreen,
  kBlue,
};

// A character's picture: cell_width x cell_height samples of the ink's
// channel, rows from the top, the mean of all samples it was learnt from.
struct OverlayGlyph {
  char32_t character = 0;
  std::vector<uint8_t> samples;
};

struct OverlayFont {
  std::string name;
  OverlayInk ink = OverlayInk::kLight;
  // The rest is 0 and empty before calibration. Pitch: from one character to
  // the next, fractions included.
  double pitch = 0;
  int cell_width = 0;
  int cell_height = 0;
  std::vector<OverlayGlyph> glyphs;

  const OverlayGlyph* Find(char32_t character) const;
};

// What a field's value is.
struct OverlayMeaning {
  enum class Kind {
    // Read and checked, but no metadata: labels, speeds, modes.
    kNone,
    kQuantity,
    // MGRS: latitude and longitude of the sensor, the target, the centre.
    kSensorPosition,
    kTargetPosition,
    kFrameCenterPosition,
    // Together they make the timestamp.
    kClock,
    kDate,
  };
  Kind kind = Kind::kNone;
  // Of kQuantity.
  Quantity quantity = Quantity::kTimestamp;
  bool operator==(const OverlayMeaning&) const = default;
};

// Units that numbers are written in. Values are converted to degrees, metres
// and metres per second.
enum class OverlayUnit {
  kNone,
  kDegrees,
  kMetres,
  kKilometres,
  kFeet,
  kNauticalMiles,
  kKnots,
  kMetresPerSecond,
};

// "NM" -> 1852; degrees, metres and none 1.
double FactorOf(OverlayUnit unit);

enum class OverlayAlignment { kLeft, kRight };

struct OverlayField {
  std::string name;
  // Holds the longest text, with some pixels to spare around it.
  OverlayBox box;
  // Index into OverlayProfile::fonts.
  int font = 0;
  OverlayMeaning meaning;
  OverlayPattern pattern;
  // Of numbers; kNone where `units` decide.
  OverlayUnit unit = OverlayUnit::kNone;
  // What {unit} may say: {"FT": feet}.
  std::map<std::string, OverlayUnit> units;
  OverlayAlignment alignment = OverlayAlignment::kLeft;
  // Beyond it the value is taken for misread. In degrees, metres, metres per
  // second; without it the quantity's own range holds.
  std::optional<double> minimum;
  std::optional<double> maximum;
  // How fast the value may depart from a steady course, per second, in the
  // same units; without it a default of the quantity (temporal_filter.h).
  std::optional<double> max_change_per_second;
  // Of kClock: the clock shows UTC though no Z stands behind it.
  bool is_utc = false;

  // Learnt: the left edge of the first cell (kLeft) or the right edge of the
  // last one (kRight), and the top of the cells. Empty before calibration.
  std::optional<double> anchor_x;
  std::optional<double> top_y;
};

// How much fields may disagree (overlay_checks.h).
struct OverlayTolerances {
  // Of the slant range against the distance of the positions: the larger of
  // the two.
  double slant_range_share = 0.02;
  double slant_range_m = 50;
  // Of azimuth and elevation against the bearing of the target.
  double line_of_sight_deg = 5;
  // Of the clock against a time the caller knows.
  double clock_s = 2;
};

struct OverlayProfile {
  std::string name;
  int frame_width = 0;
  int frame_height = 0;
  std::vector<OverlayFont> fonts;
  std::vector<OverlayField> fields;
  OverlayTolerances tolerances;

  const OverlayField* Find(absl::string_view name) const;
};

// Limits of what a profile file may hold.
inline constexpr int64_t kMaxOverlayProfileBytes = 16 << 20;
inline constexpr int kMaxOverlayFields = 64;
inline constexpr int kMaxOverlayFonts = 8;
inline constexpr int kMaxOverlayGlyphs = 128;

// Reads a profile, calibrated or not. Errors: InvalidArgument JSON_INVALID or
// OVERLAY_PROFILE_INVALID, the message beginning with "line 3, column 7: ";
// the field violation names the path ("fields[2].pattern"). FailedPrecondition
// OVERLAY_MGRS_UNAVAILABLE. Thread-safe.
absl::StatusOr<OverlayProfile> ParseOverlayProfile(absl::string_view json);

// The file of a profile, as a person would lay it out; ParseOverlayProfile()
// reads it back to the same. Thread-safe.
std::string WriteOverlayProfile(const OverlayProfile& profile);

// OK if `profile` can be read with: every font is calibrated, has all digits
// where a field of it has digits, and every field has its place. Errors:
// FailedPrecondition OVERLAY_PROFILE_UNCALIBRATED, naming what is missing.
absl::Status CheckCalibrated(const OverlayProfile& profile);

// Characters that `field` may show and its font has no picture of (an S where
// calibration saw northern latitudes alone): such texts come out missing.
std::u32string UnseenCharacters(const OverlayProfile& profile,
                                const OverlayField& field);

}  // namespace sightline::georef

#endif  // SIGHTLINE_SERVICES_GEOREF_ENGINE_OVERLAY_OVERLAY_PROFILE_H_
