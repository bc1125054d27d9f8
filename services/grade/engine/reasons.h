// Reasons of the failures that reading and scoring report (docs/errors.md).
#ifndef SIGHTLINE_SERVICES_GRADE_ENGINE_REASONS_H_
#define SIGHTLINE_SERVICES_GRADE_ENGINE_REASONS_H_

namespace sightline::grade {

// The layout contradicts itself, leaves the page or exceeds a limit.
inline constexpr char kLayoutInvalid[] = "LAYOUT_INVALID";
// The answer key does not fit the layout.
inline constexpr char kKeyInvalid[] = "KEY_INVALID";
// The scan shows no printed bubbles where the layout puts them.
inline constexpr char kSheetUnreadable[] = "SHEET_UNREADABLE";
// The map from scan to page cannot be inverted.
inline constexpr char kHomographySingular[] = "HOMOGRAPHY_SINGULAR";
// A reading option is out of its range.
inline constexpr char kReadOptionInvalid[] = "READ_OPTION_INVALID";
// The annotated image's width is out of its range.
inline constexpr char kAnnotationInvalid[] = "ANNOTATION_INVALID";
// The width of a layout's picture is out of its range.
inline constexpr char kPreviewInvalid[] = "PREVIEW_INVALID";
// The reading or the score does not belong to the sheet.
inline constexpr char kReadingMismatch[] = "READING_MISMATCH";
// There is not enough memory for the sheet.
inline constexpr char kMemoryExhausted[] = "MEMORY_EXHAUSTED";

}  // namespace sightline::grade

#endif  // SIGHTLINE_SERVICES_GRADE_ENGINE_REASONS_H_
