// Draws a layout over its page, for a person to check it.
#ifndef SIGHTLINE_SERVICES_GRADE_ENGINE_LAYOUT_PREVIEW_H_
#define SIGHTLINE_SERVICES_GRADE_ENGINE_LAYOUT_PREVIEW_H_

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "common/geometry/homography.h"
#include "common/image/image.h"
#include "services/grade/engine/layout.h"

namespace sightline::grade {

// A marker's place, page units.
struct MarkerPlace {
  PixelPoint center;
  PixelSize size;
};

// The page, `width` pixels wide, print in light gray, with every bubble in the
// colour of its block: its outline where the layout has it, its value at the
// lower right, its field's label behind the last bubble, the block's name
// above. Places of codes and of handwriting are dashed boxes, markers boxes
// with a cross. `sheet` is made of `layout`; `reference` covers the page, empty
// for white paper. Errors: InvalidArgument PREVIEW_INVALID (a width out of
// 100..10000, or that makes the page more than 20000 pixels high).
absl::StatusOr<RgbImage> DrawLayout(const SheetLayout& layout,
                                    const Sheet& sheet,
                                    const std::vector<MarkerPlace>& markers,
                                    const GrayImage& reference, int width);

// Upper bound of the bytes DrawLayout() allocates, its result included.
int64_t DrawLayoutBytes(const Sheet& sheet, int width);

}  // namespace sightline::grade

#endif  // SIGHTLINE_SERVICES_GRADE_ENGINE_LAYOUT_PREVIEW_H_
