// Reasons of the failures that building features reports (docs/errors.md).
#ifndef SIGHTLINE_SERVICES_GEOREF_ENGINE_FEATURES_REASONS_H_
#define SIGHTLINE_SERVICES_GEOREF_ENGINE_FEATURES_REASONS_H_

namespace sightline::georef {

// A mask or confidence plane is not as large as the frame it belongs to.
inline constexpr char kMaskFrameMismatch[] = "MASK_FRAME_MISMATCH";
// An option of building features is out of its range.
inline constexpr char kFeatureOptionInvalid[] = "FEATURE_OPTION_INVALID";

}  // namespace sightline::georef

#endif  // SIGHTLINE_SERVICES_GEOREF_ENGINE_FEATURES_REASONS_H_
