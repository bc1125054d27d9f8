// Pen strokes in a small gray picture of a place where people write.
#ifndef SIGHTLINE_SERVICES_GRADE_ENGINE_STROKE_MAP_H_
#define SIGHTLINE_SERVICES_GRADE_ENGINE_STROKE_MAP_H_

#include <algorithm>
#include <vector>

#include "common/image/image.h"

namespace sightline::grade {

// A connected piece of ink.
struct InkPiece {
  // Pixels it covers.
  int area = 0;
  // Its bounding box, pixels.
  int left = 0;
  int top = 0;
  int width = 0;
  int height = 0;
  // How much darker than the paper it is on average, 0..1.
  double darkness = 0;

  int extent() const { return std::max(width, height); }
};

// The strokes in `picture`, largest extent first. Paper is what is light around
// them, so shadows and gray paper do not count; straight lines along the rows
// or columns that run (nearly) from one side to the other are print and do not
// count either. At most 10,000 pieces. Thread-safe.
std::vector<InkPiece> FindStrokes(const GrayImage& picture);

}  // namespace sightline::grade

#endif  // SIGHTLINE_SERVICES_GRADE_ENGINE_STROKE_MAP_H_
