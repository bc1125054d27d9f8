// Where the page's bubbles really are: a layout and a registration are never
// exact, and paper bends.
//
// Neighbours share most of their displacement. So it is looked for where many
// outlines speak at once: tiles of neighbouring bubbles (bubble_tiles.h). What
// a group's tiles find is held together by a robust affine fit
// (shift_search.h); only then every bubble may move a little on its own
// (bubble_measure.h).
#ifndef SIGHTLINE_SERVICES_GRADE_ENGINE_DISPLACEMENT_H_
#define SIGHTLINE_SERVICES_GRADE_ENGINE_DISPLACEMENT_H_

#include <vector>

#include "absl/status/statusor.h"
#include "common/geometry/homography.h"
#include "common/image/image.h"
#include "common/stop/stop_token.h"
#include "services/grade/engine/group_print.h"
#include "services/grade/engine/layout.h"
#include "services/grade/engine/outline.h"

namespace sightline::grade {

struct PrintModel {
  // In the order of the sheet's groups.
  std::vector<GroupPrint> groups;
  // Where to look for each bubble, field by field; samples of its group.
  std::vector<Shift> shifts;
};

// Finds the print of every group. Polls `stop` between tiles.
absl::StatusOr<PrintModel> FindPrint(const GrayImage& scan,
                                     const Homography& page_to_scan,
                                     const Sheet& sheet, const StopToken& stop);

}  // namespace sightline::grade

#endif  // SIGHTLINE_SERVICES_GRADE_ENGINE_DISPLACEMENT_H_
