// Reading an image at places between its pixels.
//
// Everything is corner-based: the sample at (x, y) weighs the pixels whose
// centres (i + 0.5, j + 0.5) surround it.
#ifndef SIGHTLINE_SERVICES_ALIGN_ENGINE_SAMPLING_H_
#define SIGHTLINE_SERVICES_ALIGN_ENGINE_SAMPLING_H_

#include <cstdint>

#include "common/geometry/homography.h"
#include "common/image/image.h"

namespace sightline::align {

// Gray pixels that someone else owns.
struct GrayView {
  const uint8_t* pixels = nullptr;
  int width = 0;
  int height = 0;
  int64_t stride_bytes = 0;

  GrayView() = default;
  GrayView(const GrayImage& image)  // NOLINT: a view is what is meant.
      : pixels(image.data()),
        width(image.width()),
        height(image.height()),
        stride_bytes(image.stride_bytes()) {}
  const uint8_t* row(int y) const { return pixels + y * stride_bytes; }
};

// x' = a x + b y + c, y' = d x + e y + f.
struct AffineMap {
  double a = 1, b = 0, c = 0;
  double d = 0, e = 1, f = 0;

  PixelPoint Map(PixelPoint p) const {
    return {a * p.x + b * p.y + c, d * p.x + e * p.y + f};
  }
  // The map that agrees with `map` at `at` in value and first derivative.
  static AffineMap Near(const Homography& map, PixelPoint at);
  // |determinant|: the factor by which areas grow.
  double AreaScale() const;
};

// Fills `out` (side x side bytes): the pixel with centre (i + 0.5, j + 0.5)
// takes the value of `source` at window_to_source.Map(centre), bilinear; what
// lies outside repeats the border.
void SampleWindow(const GrayView& source, const AffineMap& window_to_source,
                  int side, uint8_t* out);

}  // namespace sightline::align

#endif  // SIGHTLINE_SERVICES_ALIGN_ENGINE_SAMPLING_H_
