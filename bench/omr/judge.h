// Compares what a side made of a sheet with what is true of it.
#ifndef SIGHTLINE_BENCH_OMR_JUDGE_H_
#define SIGHTLINE_BENCH_OMR_JUDGE_H_

#include <string>
#include <vector>

#include "bench/omr/side.h"
#include "tests/generator/sheet_generator.h"

namespace sightline::bench {

// A field that was read otherwise than it is meant and as it looks.
struct WrongField {
  std::string label;
  std::string truth;
  std::string read;
  bool flagged = false;
  // FieldTruth::doubts.
  std::vector<std::string> doubts;
};

// What a reading claimed, and whether it was right.
struct Claim {
  double confidence = 0;
  bool is_right = false;
};

struct Verdict {
  bool accepted = false;
  // Accepted, but bubbles lie too far from where it says: on average more than
  // 0.3 of a bubble, or somewhere more than 0.6 (bent pages: plus the bend).
  bool wrong_alignment = false;
  // Distance of bubble centres from the truth, in bubble sizes.
  double mean_error = 0;
  double max_error = 0;
  int fields = 0;
  // Fields the side asks a person to look at.
  int flagged = 0;
  std::vector<WrongField> wrong;
  // One per field of an accepted sheet.
  std::vector<Claim> claims;
  // Fields without any ink or doubt that were read as marked.
  int blanks_read_as_marks = 0;

  int SilentlyWrong() const;
  // The same among fields that a careful reader would not hesitate over.
  int SilentlyWrongBeyondDoubt() const;
};

Verdict Judge(const generator::GeneratedSheet& sheet,
              const SheetOutcome& outcome);

// How far a map puts a form's bubbles from where they are, in bubble sizes.
struct AlignmentError {
  double mean = 0;
  double max = 0;
  // More than 0.3 of a bubble on average, or 0.6 somewhere, plus the bend.
  bool is_wrong = false;
};

// `truth` and `found` map scan pixels to page units; `deviation` is how far, in
// page units, the page may be bent away from `truth`.
AlignmentError MeasureAlignment(const std::vector<grade::Field>& fields,
                                const Homography& truth, double deviation,
                                const Homography& found);

}  // namespace sightline::bench

#endif  // SIGHTLINE_BENCH_OMR_JUDGE_H_
