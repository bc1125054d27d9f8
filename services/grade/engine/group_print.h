// How the bubbles of a group are printed, as far as the scan shows it.
#ifndef SIGHTLINE_SERVICES_GRADE_ENGINE_GROUP_PRINT_H_
#define SIGHTLINE_SERVICES_GRADE_ENGINE_GROUP_PRINT_H_

#include "common/geometry/homography.h"
#include "services/grade/engine/bubble_patch.h"
#include "services/grade/engine/layout.h"
#include "services/grade/engine/outline.h"

namespace sightline::grade {

struct GroupPrint {
  PatchFrame frame{PixelSize{1, 1}};
  BubbleShape shape = BubbleShape::kEllipse;
  // Printed size relative to the layout's.
  double scale_x = 1;
  double scale_y = 1;
  // Outline score of single bubbles where their outlines are, and beside: what
  // noise, letters and neighbours give. Medians.
  float outline = 0;
  float clutter = 0;
  // True if the outlines are really there. If not, the group stays where the
  // layout and the rest of the page put it.
  bool has_outlines = false;
  // More than a quarter of its bubbles seem to be as far away as is looked: the
  // true place may be farther, or a neighbour's.
  bool is_at_limit = false;
  // Without outlines: share of the bubbles that show something printed in
  // their middle and nothing around it, as letters do whose outlines the
  // scanner dropped.
  double letter_share = 0;

  Outline MakeOutline() const {
    return Outline(shape, frame, frame.half_width * scale_x,
                   frame.half_height * scale_y);
  }
};

}  // namespace sightline::grade

#endif  // SIGHTLINE_SERVICES_GRADE_ENGINE_GROUP_PRINT_H_
