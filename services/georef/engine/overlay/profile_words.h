// The words of a profile file for inks, units and meanings.
#ifndef SIGHTLINE_SERVICES_GEOREF_ENGINE_OVERLAY_PROFILE_WORDS_H_
#define SIGHTLINE_SERVICES_GEOREF_ENGINE_OVERLAY_PROFILE_WORDS_H_

#include <optional>

#include "absl/strings/string_view.h"
#include "services/georef/engine/overlay/overlay_profile.h"

namespace sightline::georef {

std::optional<OverlayInk> InkOf(absl::string_view word);
absl::string_view WordOf(OverlayInk ink);
std::optional<OverlayUnit> UnitNamed(absl::string_view word);
absl::string_view WordOf(OverlayUnit unit);
std::optional<OverlayMeaning> MeaningNamed(absl::string_view word);
absl::string_view WordOf(const OverlayMeaning& meaning);

}  // namespace sightline::georef

#endif  // SIGHTLINE_SERVICES_GEOREF_ENGINE_OVERLAY_PROFILE_WORDS_H_
