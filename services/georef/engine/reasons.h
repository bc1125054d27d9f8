// Reasons of the failures that the georef engine reports (docs/errors.md).
#ifndef SIGHTLINE_SERVICES_GEOREF_ENGINE_REASONS_H_
#define SIGHTLINE_SERVICES_GEOREF_ENGINE_REASONS_H_

namespace sightline::georef {

// A label mask has no pixels, too many, or rows that overlap.
inline constexpr char kMaskInvalid[] = "GEOREF_MASK_INVALID";
// An option of tracing polygons is out of its range.
inline constexpr char kTraceOptionInvalid[] = "GEOREF_TRACE_OPTION_INVALID";
// The labels' outlines have more corners than allowed.
inline constexpr char kTooManyVertices[] = "GEOREF_TOO_MANY_VERTICES";

}  // namespace sightline::georef

#endif  // SIGHTLINE_SERVICES_GEOREF_ENGINE_REASONS_H_
