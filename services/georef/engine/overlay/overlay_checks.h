// Whether the fields of one overlay agree with each other.
//
// Fields say the same thing in several ways: the slant range is the distance of
// two positions, azimuth and elevation point along the line between them, the
// same value may stand in two places. Where they do not agree one is misread
// (or wrong in the aircraft), and nothing tells which: all of them are doubted.
#ifndef SIGHTLINE_SERVICES_GEOREF_ENGINE_OVERLAY_OVERLAY_CHECKS_H_
#define SIGHTLINE_SERVICES_GEOREF_ENGINE_OVERLAY_OVERLAY_CHECKS_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "services/georef/engine/overlay/overlay_profile.h"
#include "services/georef/engine/overlay/overlay_reading.h"

namespace sightline::georef {

enum class OverlayCheck {
  // Slant range against the distance between sensor and target (or the frame's
  // centre). Without the ground's elevation: against every one that is
  // possible.
  kSlantRange,
  // Gimbal yaw, or heading plus relative azimuth, against the bearing from
  // sensor to target. A platform whose pitch and roll are not read counts as
  // level.
  kAzimuth,
  // Gimbal pitch, or relative elevation, against the line from sensor to
  // target; only with both heights.
  kElevation,
  // Fields that mean the same quantity.
  kSameQuantity,
  // Clock and date against the time the caller expects.
  kClock,
};

// "slant range", "azimuth" ...
absl::string_view NameOf(OverlayCheck check);

struct CheckResult {
  OverlayCheck check = OverlayCheck::kSlantRange;
  bool has_passed = false;
  // Indices of the fields compared.
  std::vector<int> fields;
  // With the figures: "slant range 5200 m, but the positions are 4100 m apart".
  std::string message;
};

// Makes every check that the fields read allow (none that they do not) and
// withdraws the fields of those that fail, with kCheckFailed and the message.
// `expected_time_us`: since 1970, UTC, if the caller knows it from elsewhere.
// Tolerances are the profile's, widened by what the fields' own resolution
// allows. Thread-safe.
std::vector<CheckResult> CheckOverlay(
    const OverlayProfile& profile, OverlayReading& reading,
    std::optional<double> expected_time_us = std::nullopt);

}  // namespace sightline::georef

#endif  // SIGHTLINE_SERVICES_GEOREF_ENGINE_OVERLAY_OVERLAY_CHECKS_H_
