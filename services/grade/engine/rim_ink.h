// Ink on the outlines of bubbles.
//
// Copiers and fax machines drop faint pencil from within a bubble, but where it
// lies over the printed outline that comes out darker; and a tick may miss the
// inside altogether.
#ifndef SIGHTLINE_SERVICES_GRADE_ENGINE_RIM_INK_H_
#define SIGHTLINE_SERVICES_GRADE_ENGINE_RIM_INK_H_

#include <vector>

namespace sightline::grade {

// One bubble's rim, relative to the paper: 0 white, 1 black.
struct Rim {
  int group = 0;
  float fill = 0;
  // How much of that may be a shadow.
  float shadow = 0;
  // Its bubble is empty; only such rims tell what is print.
  bool is_empty = false;
};

// How remarkable the ink on every rim is: 1 and more is worth a look, 0 is
// what the group's empty bubbles have. `groups`: how many there are.
std::vector<float> RimTraces(const std::vector<Rim>& rims, int groups);

}  // namespace sightline::grade

#endif  // SIGHTLINE_SERVICES_GRADE_ENGINE_RIM_INK_H_
