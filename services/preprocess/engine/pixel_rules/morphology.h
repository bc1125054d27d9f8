// Structuring elements, as OpenCV's getStructuringElement: every row of a
// rectangle, a cross or an ellipse is one span, its anchor is (width / 2,
// height / 2). Erosion takes the least pixel under the element, dilation the
// greatest; what lies outside the image counts for nothing.
#ifndef SIGHTLINE_SERVICES_PREPROCESS_ENGINE_PIXEL_RULES_MORPHOLOGY_H_
#define SIGHTLINE_SERVICES_PREPROCESS_ENGINE_PIXEL_RULES_MORPHOLOGY_H_

#include <cmath>
#include <cstdint>

#include "services/preprocess/engine/pixel_rules/host_device.h"

namespace sightline::preprocess::rules {

enum class ElementShape { kRectangle, kCross, kEllipse };

// Columns begin..end - 1 of an element's row; empty if begin >= end.
struct ElementSpan {
  int begin = 0;
  int end = 0;
};

// Row `row` of an element of width x height.
SIGHTLINE_HOST_DEVICE inline ElementSpan ElementRow(ElementShape shape,
                                                    int width, int height,
                                                    int row) {
  const int centre_x = width / 2;
  const int centre_y = height / 2;
  const bool is_dot = width == 1 && height == 1;
  if (shape == ElementShape::kRectangle || is_dot) return {0, width};
  if (shape == ElementShape::kCross) {
    if (row == centre_y) return {0, width};
    return {centre_x, centre_x + 1};
  }
  const int down = row - centre_y;
  if (down > centre_y || -down > centre_y) return {0, 0};
  const double inverse =
      centre_y == 0 ? 0 : 1.0 / (static_cast<double>(centre_y) * centre_y);
  const int reach = static_cast<int>(lrint(
      centre_x * sqrt((static_cast<double>(centre_y) * centre_y - down * down) *
                      inverse)));
  return {Larger(centre_x - reach, 0), Smaller(centre_x + reach + 1, width)};
}

}  // namespace sightline::preprocess::rules

#endif  // SIGHTLINE_SERVICES_PREPROCESS_ENGINE_PIXEL_RULES_MORPHOLOGY_H_
