// Tells shadows from scribbles in the paper around bubbles.
#ifndef SIGHTLINE_SERVICES_GRADE_ENGINE_PAPER_JUDGE_H_
#define SIGHTLINE_SERVICES_GRADE_ENGINE_PAPER_JUDGE_H_

#include <vector>

#include "common/geometry/homography.h"
#include "common/image/image.h"
#include "services/grade/engine/bubble_measure.h"
#include "services/grade/engine/layout.h"

namespace sightline::grade {

// Corrects the paper in `measures`, one per bubble of `sheet`, where it is
// darker than that of its field, or not the same on every side: in a shadow,
// and across its edge, the paper farther around is as dark. Thread-safe.
void JudgePaper(const GrayImage& scan, const Homography& page_to_scan,
                const Sheet& sheet, std::vector<BubbleMeasure>& measures);

}  // namespace sightline::grade

#endif  // SIGHTLINE_SERVICES_GRADE_ENGINE_PAPER_JUDGE_H_
