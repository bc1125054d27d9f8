// Whether marks lie on the bubbles that were read, or beside them.
//
// Where outlines hardly show, what was taken for them may be something else,
// and a block is read half a bubble off: every mark then touches two bubbles
// and fills none. Marks know better where they are: people aim at bubbles.
#ifndef SIGHTLINE_SERVICES_GRADE_ENGINE_MARK_PLACE_H_
#define SIGHTLINE_SERVICES_GRADE_ENGINE_MARK_PLACE_H_

#include <functional>
#include <vector>

#include "common/geometry/homography.h"
#include "common/image/image.h"
#include "services/grade/engine/layout.h"

namespace sightline::grade {

// What was measured at a bubble.
struct ReadPlace {
  // False where the scan does not show it.
  bool is_usable = false;
  // Where it was read, page units.
  PixelPoint center;
  // Ink there, and the gray of the paper around.
  float fill = 0;
  float paper = 0;
};

enum class MarkPlace {
  // Too few marks to tell.
  kUnknown,
  // Nearly all marks of the group lie on bubbles.
  kOnBubbles,
  // Most hold clearly more ink a third of a bubble or more away from where
  // their bubbles were read; where the group has few, most of the page's do.
  kBeside,
};

// Per group of `sheet`. `place(f, b)` is asked for bubble b of field f.
// Thread-safe.
std::vector<MarkPlace> FindMarkPlaces(
    const GrayImage& scan, const Homography& page_to_scan, const Sheet& sheet,
    const std::function<ReadPlace(int f, int b)>& place);

}  // namespace sightline::grade

#endif  // SIGHTLINE_SERVICES_GRADE_ENGINE_MARK_PLACE_H_
