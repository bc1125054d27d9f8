// Asks single bubbles whether what was found for their group is really printed.
#ifndef SIGHTLINE_SERVICES_GRADE_ENGINE_PRINT_EVIDENCE_H_
#define SIGHTLINE_SERVICES_GRADE_ENGINE_PRINT_EVIDENCE_H_

#include <vector>

#include "common/geometry/homography.h"
#include "common/image/image.h"
#include "services/grade/engine/bubble_patch.h"
#include "services/grade/engine/group_print.h"
#include "services/grade/engine/outline.h"

namespace sightline::grade {

// A bubble, page units, and where it was found.
struct Witness {
  PixelPoint center;
  Shift shift;
};

// Sets `outline`, `clutter` and `has_outlines` of `print`. `tile_score`: the
// mean outline score of the group's tiles, whose sum of line maps always has a
// best place: real outlines are there in single bubbles as well, and not
// beside them.
void ConfirmOutlines(const GrayImage& scan, const Homography& page_to_scan,
                     const std::vector<Witness>& witnesses, float tile_score,
                     BubblePatch& patch, GroupPrint& print);

// Sets `letter_share` of `print`: how many bubbles show a letter.
void CountLetters(const GrayImage& scan, const Homography& page_to_scan,
                  const std::vector<Witness>& witnesses, BubblePatch& patch,
                  GroupPrint& print);

}  // namespace sightline::grade

#endif  // SIGHTLINE_SERVICES_GRADE_ENGINE_PRINT_EVIDENCE_H_
