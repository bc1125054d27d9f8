// Which pixels of a frame show ground: those whose four corners meet it at an
// angle that is not too flat.
//
// Rays that meet the ground at an angle of at least 0.1 degrees lie in a cone
// around the vertical that is narrower than a half space. Its section with the
// picture is convex: whether all of a frame shows ground is known from its four
// corners, and in every row the pixels that do are neighbours.
#ifndef SIGHTLINE_SERVICES_GEOREF_ENGINE_FEATURES_GROUND_EXTENT_H_
#define SIGHTLINE_SERVICES_GEOREF_ENGINE_FEATURES_GROUND_EXTENT_H_

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "common/stop/stop_token.h"
#include "services/georef/engine/camera/ground_camera.h"
#include "services/georef/engine/vector/trace_polygons.h"

namespace sightline::georef {

// Pixels begin..end-1 of a row; empty if they are equal.
struct PixelInterval {
  int32_t begin = 0;
  int32_t end = 0;
};

class GroundExtent {
 public:
  // `width` and `height`: of the camera's frame, in pixels.
  // Errors: why `stop` stopped.
  static absl::StatusOr<GroundExtent> Create(const GroundCamera& camera,
                                             int width, int height,
                                             double least_grazing_deg,
                                             const StopToken& stop);

  // Every pixel shows ground.
  bool is_whole() const { return rows_.empty(); }
  PixelInterval Row(int y) const {
    return is_whole() ? PixelInterval{0, width_} : rows_[y];
  }
  int64_t PixelsOutside() const;

  // Whether a ring along the edges of pixels that show ground touches some
  // that do not.
  bool Bounds(absl::Span<const PixelCorner> ring) const;

 private:
  GroundExtent(int width, int height) : width_(width), height_(height) {}
  bool BoundsVertically(const PixelCorner& from, const PixelCorner& to) const;
  bool BoundsHorizontally(const PixelCorner& from, const PixelCorner& to) const;

  int width_;
  int height_;
  std::vector<PixelInterval> rows_;
};

}  // namespace sightline::georef

#endif  // SIGHTLINE_SERVICES_GEOREF_ENGINE_FEATURES_GROUND_EXTENT_H_
