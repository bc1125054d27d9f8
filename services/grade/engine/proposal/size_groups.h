// Outlines of about one size: what bubbles of a grid have in common.
#ifndef SIGHTLINE_SERVICES_GRADE_ENGINE_PROPOSAL_SIZE_GROUPS_H_
#define SIGHTLINE_SERVICES_GRADE_ENGINE_PROPOSAL_SIZE_GROUPS_H_

#include <vector>

#include "common/geometry/homography.h"
#include "services/grade/engine/proposal/bubble_finder.h"

namespace sightline::grade {

struct SizeGroup {
  // Their mean.
  PixelSize size;
  // Indices, ascending.
  std::vector<int> members;
};

// The most common size first, with everything near it, solid spots too; then
// the next one of what is left, as long as three outlines have it. At most 24
// groups; no outline is in two.
std::vector<SizeGroup> GroupBySize(const std::vector<FoundOutline>& outlines);

}  // namespace sightline::grade

#endif  // SIGHTLINE_SERVICES_GRADE_ENGINE_PROPOSAL_SIZE_GROUPS_H_
