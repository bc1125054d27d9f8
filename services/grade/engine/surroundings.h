// The paper at some distance around a bubble, which tells a shadow that the
// bubble lies in from a scribble that covers it.
#ifndef SIGHTLINE_SERVICES_GRADE_ENGINE_SURROUNDINGS_H_
#define SIGHTLINE_SERVICES_GRADE_ENGINE_SURROUNDINGS_H_

#include <optional>

#include "common/geometry/homography.h"
#include "common/image/image.h"
#include "services/grade/engine/layout.h"

namespace sightline::grade {

// Gray of the paper about a bubble's size away from it, on its four sides.
struct Surroundings {
  float darkest = 0;
  // A side that is full of ink, or lies beyond a shadow's edge, does not decide
  // this one.
  float second_darkest = 0;
};

// Nullopt where fewer than two sides lie within the scan.
std::optional<Surroundings> FindSurroundings(const GrayImage& scan,
                                             const Homography& page_to_scan,
                                             const Bubble& bubble);

}  // namespace sightline::grade

#endif  // SIGHTLINE_SERVICES_GRADE_ENGINE_SURROUNDINGS_H_
