// What became of every bubble: right, wrong, missed.
#ifndef SIGHTLINE_SERVICES_GRADE_ENGINE_BUBBLE_OUTCOME_H_
#define SIGHTLINE_SERVICES_GRADE_ENGINE_BUBBLE_OUTCOME_H_

#include <optional>
#include <vector>

#include "services/grade/engine/layout.h"
#include "services/grade/engine/scoring.h"
#include "services/grade/engine/sheet_reader.h"

namespace sightline::grade {

enum class BubbleOutcome {
  kNone,      // Not marked, and nobody minds.
  kMarked,    // Marked, in a field that no question asks about.
  kRight,     // Marked, as the key wants it.
  kWrong,     // Marked, against the key.
  kMissed,    // Not marked although the key wants it.
  kMultiple,  // One of several marks where one is allowed.
};

// Per field of a sheet, per bubble.
using BubbleOutcomes = std::vector<std::vector<BubbleOutcome>>;

// `reading` must belong to `sheet`, and so must `score`. Without a score
// marked bubbles are kMarked or kMultiple. Thread-safe.
BubbleOutcomes OutcomesOf(const Sheet& sheet, const SheetReading& reading,
                          const std::optional<Score>& score);

}  // namespace sightline::grade

#endif  // SIGHTLINE_SERVICES_GRADE_ENGINE_BUBBLE_OUTCOME_H_
