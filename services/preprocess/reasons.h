// Reasons of the failures that the preprocess service reports
// (docs/errors.md); the engine's are in engine/reasons.h.
#ifndef SIGHTLINE_SERVICES_PREPROCESS_REASONS_H_
#define SIGHTLINE_SERVICES_PREPROCESS_REASONS_H_

namespace sightline::preprocess {

// No regions, too many, or one that does not lie on the page.
inline constexpr char kRegionsInvalid[] = "PREPROCESS_REGIONS_INVALID";

}  // namespace sightline::preprocess

#endif  // SIGHTLINE_SERVICES_PREPROCESS_REASONS_H_
