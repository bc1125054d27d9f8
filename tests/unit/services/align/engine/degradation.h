// What scanners and phones do to a page, with the map that says where the
// pixels went.
#ifndef SIGHTLINE_TESTS_UNIT_SERVICES_ALIGN_ENGINE_DEGRADATION_H_
#define SIGHTLINE_TESTS_UNIT_SERVICES_ALIGN_ENGINE_DEGRADATION_H_

#include <string>
#include <vector>

#include "common/geometry/homography.h"
#include "common/image/image.h"

namespace sightline::align {

enum class Degradation {
  kAsIs,
  kUpsideDown,
  kQuarterTurn,
  kLowLight,
  kCrop,
  kPerspective,
  kBlur,
};

struct Degraded {
  GrayImage pixels;
  // Corner-based.
  Homography original_to_degraded;
};

const std::vector<Degradation>& AllDegradations();
const char* DegradationName(Degradation degradation);

// Deterministic for a seed.
Degraded Degrade(const GrayImage& image, Degradation degradation, int seed);

// `image` seen through `map` (corner-based), `width` x `height` pixels,
// `ground` where it has nothing.
GrayImage SeenThrough(const GrayImage& image, const Homography& map, int width,
                      int height, int ground);

}  // namespace sightline::align

#endif  // SIGHTLINE_TESTS_UNIT_SERVICES_ALIGN_ENGINE_DEGRADATION_H_
