// Random masks of many kinds, and maps from their corners to a plane.
#ifndef SIGHTLINE_TESTS_UNIT_SERVICES_GEOREF_ENGINE_VECTOR_RANDOM_MASK_H_
#define SIGHTLINE_TESTS_UNIT_SERVICES_GEOREF_ENGINE_VECTOR_RANDOM_MASK_H_

#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "services/georef/engine/vector/plane_point.h"
#include "services/georef/engine/vector/trace_polygons.h"

namespace sightline::georef {

struct RandomMask {
  int width = 0;
  int height = 0;
  std::vector<uint8_t> labels;

  LabelMask View() const { return {labels.data(), width, height, width}; }
  // A line a row, '.' for 0; only for small masks.
  std::string Text() const;
};

// Noise, smooth blobs, blobs with salt, or rectangles upon each other, of one
// to six labels, sides of 1 to `maximum_side` pixels.
RandomMask MakeRandomMask(std::mt19937& random, int maximum_side);

// A view of level ground: straight down or oblique, turned any way, mirrored
// as a picture with y downwards is.
class RandomView {
 public:
  // `is_oblique`: nearly up to the horizon.
  RandomView(std::mt19937& random, const RandomMask& mask, bool is_oblique);
  PlanePoint At(PixelCorner corner) const;
  std::vector<PlanePoint> At(const std::vector<PixelCorner>& corners) const;

 private:
  double scale_;
  double sine_;
  double cosine_;
  double tilt_;
  int height_;
};

}  // namespace sightline::georef

#endif  // SIGHTLINE_TESTS_UNIT_SERVICES_GEOREF_ENGINE_VECTOR_RANDOM_MASK_H_
