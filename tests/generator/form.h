// Printed answer sheets, blank.
//
// A form is one member of a family: its seed varies wording, sizes, bubble
// style and print colour, so that nothing is tuned to one picture. Everything
// that is known of it comes with it: layout, placed bubbles, markers, key.
#ifndef SIGHTLINE_TESTS_GENERATOR_FORM_H_
#define SIGHTLINE_TESTS_GENERATOR_FORM_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "common/geometry/homography.h"
#include "common/image/image.h"
#include "services/align/engine/reference.h"
#include "services/grade/engine/layout.h"
#include "services/grade/engine/scoring.h"
#include "tests/generator/canvas.h"

namespace sightline::generator {

enum class FormFamily {
  // A4, 45 questions A-E in three columns, 7-digit roll number, name box.
  kStandard,
  // A4, 100 or 200 questions A-D, as tight as printed forms get.
  kDense100,
  kDense200,
  // 60 questions with concentric rings, solid squares, or a drawn emblem at
  // the corners.
  kRingMarkers,
  kSquareMarkers,
  kImageMarkers,
  // A5, 10 questions.
  kQuiz,
  // A survey: single choices, and rows of check boxes that take several marks.
  kMultiMark,
  // Values and columns run from right to left.
  kRightToLeft,
  // Words and signed numbers as values; bubbles placed one by one; page units
  // that are not pixels.
  kCustomValues,
  // 60 questions whose bubbles are pairs of brackets, in coloured print.
  kBrackets,
  // The sheet of the quick start: 30 questions, tidy.
  kQuickstart,
  // 60 questions with ArUco markers at the corners, of any dictionary.
  kArucoMarkers,
  // 80 questions, a timing mark for each row at the right edge and for each
  // column of bubbles at the lower one.
  kTimingMarks,
};

const std::vector<FormFamily>& AllFormFamilies();
// "standard", "dense100", ...
const char* FormFamilyName(FormFamily family);
std::optional<FormFamily> FindFormFamily(absl::string_view name);

// A blank form. Page units are pixels of `print` times `units_per_pixel`.
struct PrintedForm {
  FormFamily family = FormFamily::kStandard;
  uint64_t seed = 0;
  // Prefix of every file made of it.
  std::string name;
  // The print, 300 dpi, edge to edge.
  PageImage print;
  double units_per_pixel = 1;

  // What a person would write, in page units.
  grade::SheetLayout layout;
  // Every field in the layout's order, expanded independently of
  // grade::Sheet: bubbles with sizes and shapes, page units.
  std::vector<grade::Field> fields;
  // In page units.
  std::vector<align::Marker> markers;
  std::vector<align::TimingTrack> timing_tracks;
  grade::AnswerKey key;
  // Where people write by hand, print pixels: {left, top, width, height}.
  struct WritingBox {
    PixelPoint top_left;
    PixelSize size;
    // Digits of the combined field `label` go here; empty: a name.
    std::string label;
  };
  std::vector<WritingBox> writing_boxes;
};

// Prints the form `seed` of `family`. Page sizes are those of paper at 300
// dpi: 2480 x 3508 for A4. Deterministic. Thread-safe.
PrintedForm PrintForm(FormFamily family, uint64_t seed);

// The form as registration wants it: page, markers, timing marks, bubbles and,
// if wanted, the blank image.
align::Reference ToReference(const PrintedForm& form, bool with_image = true);

}  // namespace sightline::generator

#endif  // SIGHTLINE_TESTS_GENERATOR_FORM_H_
