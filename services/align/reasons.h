// Reasons of failures that the align service gives; see docs/errors.md.
#ifndef SIGHTLINE_SERVICES_ALIGN_REASONS_H_
#define SIGHTLINE_SERVICES_ALIGN_REASONS_H_

namespace sightline::align {

// An option is out of its range.
inline constexpr char kOptionsInvalid[] = "OPTIONS_INVALID";
// A request names no reference.
inline constexpr char kReferenceMissing[] = "REFERENCE_MISSING";
// The server does not have (any more) the reference that an id names.
inline constexpr char kReferenceUnknown[] = "REFERENCE_UNKNOWN";

}  // namespace sightline::align

#endif  // SIGHTLINE_SERVICES_ALIGN_REASONS_H_
