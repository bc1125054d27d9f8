// Reads the marks of a registered sheet.
//
// Every bubble is sampled straight from the scan through the inverse
// homography: no page is warped. A small local search finds the printed
// outline (match), the ink inside it is measured against the paper around it
// (fill), and thresholds are chosen from what the whole page and each group of
// bubbles show; a row without a mark reads blank. Doubt becomes a flag and a
// low confidence, never a guess.
#ifndef SIGHTLINE_SERVICES_GRADE_ENGINE_SHEET_READER_H_
#define SIGHTLINE_SERVICES_GRADE_ENGINE_SHEET_READER_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/geometry/homography.h"
#include "common/image/image.h"
#include "common/stop/stop_token.h"
#include "services/grade/engine/flag.h"
#include "services/grade/engine/layout.h"

namespace sightline::grade {

struct ReadOptions {
  // Ink above which a bubble counts as marked, 0..1; chosen from the data when
  // absent.
  std::optional<double> threshold;
  // Fields measured at a time: bounds working memory.
  int batch_size = 15;
  // Fields below this confidence belong on the review list.
  double review_below = 0.8;
  // Print other than the bubbles shows where the page lies. Then a page whose
  // bubbles do not show, as on a bad fax, is read with every field in doubt
  // instead of being refused.
  bool position_is_sure = false;
  // Nobody looked for the page: the scan is taken for it. Then nothing but its
  // blocks vouches for its place, and fewer of them may be elsewhere.
  bool position_is_assumed = false;
};

// What was measured at one bubble.
struct BubbleReading {
  // Ink inside relative to the paper around, 0..1.
  double fill = 0;
  // Agreement of the printed outline with its expected place, 0..1.
  double match = 0;
  bool marked = false;
  // Filled where that takes a mark back.
  bool cancelled = false;
  // Where its centre was found, scan pixels.
  PixelPoint center;
};

struct FieldReading {
  // Marked values joined in printed order, or the field's empty value.
  std::string answer;
  double confidence = 0;
  // Ascending, without repetition.
  std::vector<Flag> flags;
  // One per bubble of the field.
  std::vector<BubbleReading> bubbles;
  // A person should look: the confidence is low, or a flag other than
  // kBlank is set.
  bool needs_review = false;
  int marked_count = 0;
};

struct SheetReading {
  // One per Sheet::fields().
  std::vector<FieldReading> fields;
  // What decided (see Thresholds in grade.proto).
  double page_threshold = 0;
  double empty_level = 0;
  double mark_level = 0;
};

// Reads `scan` (8-bit gray), whose pixels `scan_to_page` maps to the sheet's
// page units. Errors: InvalidArgument (a map that cannot be inverted), and
// FailedPrecondition SHEET_UNREADABLE when the page shows no printed bubbles
// where they should be (blank paper, all black, another form).
// Thread-safe; polls `stop` between batches.
absl::StatusOr<SheetReading> ReadSheet(const GrayImage& scan,
                                       const Homography& scan_to_page,
                                       const Sheet& sheet,
                                       const ReadOptions& options,
                                       const StopToken& stop);

// Upper bound of the bytes ReadSheet() allocates for `sheet`.
int64_t ReadSheetBytes(const Sheet& sheet, const ReadOptions& options);

}  // namespace sightline::grade

#endif  // SIGHTLINE_SERVICES_GRADE_ENGINE_SHEET_READER_H_
