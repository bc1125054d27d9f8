// Reasons of failures to propose a layout (docs/errors.md).
#ifndef SIGHTLINE_SERVICES_GRADE_ENGINE_PROPOSAL_REASONS_H_
#define SIGHTLINE_SERVICES_GRADE_ENGINE_PROPOSAL_REASONS_H_

namespace sightline::grade {

// The page shows no grid of bubbles.
inline constexpr char kBubblesNotFound[] = "BUBBLES_NOT_FOUND";
// The page lies askew, or is bent, in its picture.
inline constexpr char kReferenceNotStraight[] = "REFERENCE_NOT_STRAIGHT";
// The page's picture is too small to show bubbles.
inline constexpr char kReferenceTooSmall[] = "REFERENCE_TOO_SMALL";

}  // namespace sightline::grade

#endif  // SIGHTLINE_SERVICES_GRADE_ENGINE_PROPOSAL_REASONS_H_
