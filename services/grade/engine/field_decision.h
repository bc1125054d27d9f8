// What a field's bubbles say together.
#ifndef SIGHTLINE_SERVICES_GRADE_ENGINE_FIELD_DECISION_H_
#define SIGHTLINE_SERVICES_GRADE_ENGINE_FIELD_DECISION_H_

#include <optional>
#include <vector>

#include "services/grade/engine/cancelled_mark.h"
#include "services/grade/engine/layout.h"
#include "services/grade/engine/mark_levels.h"
#include "services/grade/engine/sheet_reader.h"

namespace sightline::grade {

// One bubble as the decision sees it.
struct BubbleEvidence {
  // Ink beyond that of an empty bubble.
  double excess = 0;
  // The same by the bubble's fill alone.
  double trace = 0;
  double fill = 0;
  // How much of that ink may be a shadow.
  double shadow = 0;
  // How remarkable the ink on its outline is; see RimTraces().
  double rim = 0;
  // Ink beside its printed letter beyond that of an empty bubble.
  double veil = 0;
  // Its printed letter is hidden: little ink does not make it empty.
  bool is_covered = false;
  // A stroke runs through it that is no mark of this page's kind.
  bool is_crossed = false;
  // Where filling takes a mark back: whether it is filled.
  Cancelling cancelling = Cancelling::kNo;
  // Agreement of the printed outline with its place, 0..1.
  double match = 0;
  // False where the scan ends before the bubble does.
  bool is_inside = true;
};

// Decides a field: which bubbles are marked, what it reads, how sure that is
// and why not surer. A pure function. `bubbles` belong to `field` in order.
FieldReading DecideField(const Field& field,
                         const std::vector<BubbleEvidence>& bubbles,
                         const GroupLevels& levels, const ReadOptions& options);

}  // namespace sightline::grade

#endif  // SIGHTLINE_SERVICES_GRADE_ENGINE_FIELD_DECISION_H_
