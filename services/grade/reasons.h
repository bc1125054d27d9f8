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
// A scan has more pages than a sheet may have.
inline constexpr char kTooManyPages[] = "TOO_MANY_PAGES";
// A page of the scan is no page of the layout.
inline constexpr char kPageUnmatched[] = "PAGE_UNMATCHED";
// A page of the scan may be one of several pages of the layout.
inline constexpr char kPageAmbiguous[] = "PAGE_AMBIGUOUS";
// An earlier page of the scan is the same page of the layout.
inline constexpr char kPageTwice[] = "PAGE_TWICE";

}  // namespace sightline::grade

#endif  // SIGHTLINE_SERVICES_GRADE_REASONS_H_
