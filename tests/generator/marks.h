// What people do to a form: marks, corrections, handwriting.
//
// Marks are drawn with a hand's faults (offset, gaps, overflow, uneven
// pressure), and what they amount to is measured afterwards on the page, so
// that the truth rests on ink and not on intent alone.
#ifndef SIGHTLINE_TESTS_GENERATOR_MARKS_H_
#define SIGHTLINE_TESTS_GENERATOR_MARKS_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "tests/generator/canvas.h"
#include "tests/generator/degradation.h"
#include "tests/generator/form.h"
#include "tests/generator/random.h"

namespace sightline::generator {

// How a person marks.
enum class MarkHabit {
  // Fills with pencil: scribbles, from light gray to nearly black.
  kPencil,
  // Fills with a black or blue pen.
  kPen,
  kTicks,
  kCrosses,
};

// What sort of sheet is filled in.
enum class MarkProfile {
  // One plain, dark, filled mark in every field: nothing to doubt.
  kClean,
  // A person drawn at random, with blanks, double marks, corrections, faint
  // marks and stray lines among plain ones.
  kMixed,
  // Nothing is marked anywhere.
  kBlank,
  // Every mark is light pencil.
  kFaint,
  // Every mark is a tick or a cross.
  kTicksAndCrosses,
  // Every field has its mark at the same place: all "C".
  kSameValue,
};

const std::vector<MarkProfile>& AllMarkProfiles();
// "clean", "mixed", ...
const char* MarkProfileName(MarkProfile profile);
std::optional<MarkProfile> FindMarkProfile(absl::string_view name);

// Ink of a bubble: how much darker than the blank form its inside is in the
// scan, mean over the box or ellipse shrunk to 80 %, 0 = unchanged, 1 = paper
// to black. The scan's tones count (a copier drops what is light), its blur
// and noise do not. An intended mark with less ink than kFaintInk is doubtful,
// and so is a field with more than kStrayInk where no mark is meant. A mark
// with less than kLostInk is not in the scan any more.
inline constexpr double kFaintInk = 0.15;
inline constexpr double kStrayInk = 0.04;
inline constexpr double kLostInk = 0.03;

// What a field holds.
struct FieldTruth {
  std::string label;
  // The values meant, in printed order.
  std::vector<std::string> values;
  // `values` joined, or the field's empty value.
  std::string answer;
  // The same without marks that are lost: what a perfect reader would say.
  std::string visible_answer;
  // Ink per bubble.
  std::vector<double> ink;
  // Why a careful reader may hesitate, ascending: "cut_off", "double",
  // "erased", "faint", "lost", "stray".
  std::vector<std::string> doubts;
  bool doubtful() const { return !doubts.empty(); }
};

// Fills in `page`, a copy of form.print. One FieldTruth per form.fields; ink
// is not measured yet, and doubts are those of intent ("double", "erased").
// People know most of the form's key. Deterministic.
std::vector<FieldTruth> FillIn(const PrintedForm& form, MarkProfile profile,
                               Random random, PageImage& page);

// Measures the ink of `page`, filled in, as a scan made by `plan` shows it,
// and adds the doubts that follow from ink and from the scan's edges.
void MeasureInk(const PrintedForm& form, const PageImage& page,
                const CapturePlan& plan, std::vector<FieldTruth>& truth);

}  // namespace sightline::generator

#endif  // SIGHTLINE_TESTS_GENERATOR_MARKS_H_
