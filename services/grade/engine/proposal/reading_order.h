// In which order people read the blocks of a page.
#ifndef SIGHTLINE_SERVICES_GRADE_ENGINE_PROPOSAL_READING_ORDER_H_
#define SIGHTLINE_SERVICES_GRADE_ENGINE_PROPOSAL_READING_ORDER_H_

#include <vector>

#include "services/grade/engine/canvas.h"

namespace sightline::grade {

// The indices of `boxes` in reading order: bands of the page from the top, in
// them columns from the left, in those from the top. Bands whose columns stand
// below each other are one: a column of questions that is interrupted goes on
// below the interruption.
std::vector<int> ReadingOrder(const std::vector<Box>& boxes);

}  // namespace sightline::grade

#endif  // SIGHTLINE_SERVICES_GRADE_ENGINE_PROPOSAL_READING_ORDER_H_
