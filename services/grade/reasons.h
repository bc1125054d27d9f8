// Reasons of failures that the grade service gives; see docs/errors.md.
#ifndef SIGHTLINE_SERVICES_GRADE_REASONS_H_
#define SIGHTLINE_SERVICES_GRADE_REASONS_H_

namespace sightline::grade {

// A grading option is out of its range.
inline constexpr char kGradeOptionsInvalid[] = "GRADE_OPTIONS_INVALID";
// A request has no layout.
inline constexpr char kLayoutMissing[] = "LAYOUT_MISSING";
// A request has a layout in two forms.
inline constexpr char kLayoutTwice[] = "LAYOUT_TWICE";
// The align service cannot be reached or does not answer.
inline constexpr char kAlignUnavailable[] = "ALIGN_UNAVAILABLE";

}  // namespace sightline::grade

#endif  // SIGHTLINE_SERVICES_GRADE_REASONS_H_
