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
// An option of simplifying is out of its range, or not that of the polygons.
inline constexpr char kSimplifyOptionInvalid[] =
    "GEOREF_SIMPLIFY_OPTION_INVALID";
// The positions of vertices are not one for each, no numbers, or outlines cross
// in them.
inline constexpr char kPositionsInvalid[] = "GEOREF_POSITIONS_INVALID";
// An option of growing or shrinking labels is out of its range.
inline constexpr char kMorphologyOptionInvalid[] =
    "GEOREF_MORPHOLOGY_OPTION_INVALID";
// A plane of confidences is not that of the mask, or holds what is none.
inline constexpr char kConfidenceInvalid[] = "GEOREF_CONFIDENCE_INVALID";
// Memory ran out while working on outlines or masks.
inline constexpr char kOutOfMemory[] = "GEOREF_OUT_OF_MEMORY";

}  // namespace sightline::georef

#endif  // SIGHTLINE_SERVICES_GEOREF_ENGINE_REASONS_H_
