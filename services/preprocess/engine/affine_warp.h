// Turns, shifts and scales a page.
#ifndef SIGHTLINE_SERVICES_PREPROCESS_ENGINE_AFFINE_WARP_H_
#define SIGHTLINE_SERVICES_PREPROCESS_ENGINE_AFFINE_WARP_H_

#include <array>
#include <cstdint>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/image/image.h"
#include "services/preprocess/engine/execution.h"
#include "services/preprocess/engine/pixel_view.h"

namespace sightline::preprocess {

// From a point of the result to one of the page, both corner-based in pixels:
//   page_x = m[0] x + m[1] y + m[2],  page_y = m[3] x + m[4] y + m[5].
using AffineMap = std::array<double, 6>;

// The map that turns a page by `degrees` counter-clockwise, as seen on screen,
// about its centre: what stood straight then leans to the left.
AffineMap RotationMap(int width, int height, double degrees);

// Bilinear, beyond the page its nearest pixel: the bits of OpenCV's warpAffine
// with INTER_LINEAR and BORDER_REPLICATE (pixel_rules/affine.h), for pages of
// up to 32,767 pixels a side. Thread-safe.
class AffineWarp {
 public:
  // The result has width x height pixels, 1..65535. Errors:
  // PREPROCESS_PARAMETER_INVALID (also for a map that is not finite, singular
  // or beyond +-1e6).
  static absl::StatusOr<AffineWarp> Create(const AffineMap& map, int width,
                                           int height);

  // Upper bound of what Run() allocates beside `out`.
  int64_t WorkingBytes() const;

  // `out` must not be `in`. Errors: CheckRun(), RunBands(), Resize().
  absl::Status Run(const GrayView& in, GrayImage& out,
                   const Execution& execution = {}) const;

 private:
  AffineWarp(const AffineMap& map, int width, int height)
      : map_(map), width_(width), height_(height) {}
  // Centre-based, as OpenCV has it.
  AffineMap map_;
  int width_;
  int height_;
};

}  // namespace sightline::preprocess

#endif  // SIGHTLINE_SERVICES_PREPROCESS_ENGINE_AFFINE_WARP_H_
