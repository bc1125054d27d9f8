// Maps the corners of outlines to the ground: through a grid where that is
// cheaper and exact enough, else each through the camera.
//
// Immutable and thread-safe after Create(); the camera must outlive it.
#ifndef SIGHTLINE_SERVICES_GEOREF_ENGINE_FEATURES_VERTEX_MAPPER_H_
#define SIGHTLINE_SERVICES_GEOREF_ENGINE_FEATURES_VERTEX_MAPPER_H_

#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "common/stop/stop_token.h"
#include "services/georef/engine/camera/ground_camera.h"
#include "services/georef/engine/camera/ground_grid.h"
#include "services/georef/engine/features/feature_set.h"

namespace sightline::georef {

class VertexMapper {
 public:
  // For pixels within the box around `corners`, which all show ground.
  VertexMapper(const GroundCamera& camera,
               absl::Span<const PixelCorner> corners, double tolerance_m);

  // `pixel`: within that box. Errors: OutOfRange PIXEL_ABOVE_HORIZON.
  absl::StatusOr<MapPoint> Map(PixelPoint pixel) const;

  // All corners, in their order. Errors: those of Map(), why `stop` stopped.
  absl::StatusOr<std::vector<MapPoint>> MapAll(
      absl::Span<const PixelCorner> corners, const StopToken& stop) const;

  MappingCertificate certificate() const;

 private:
  const GroundCamera& camera_;
  std::optional<GroundGrid> grid_;
};

inline PixelPoint ToPixel(const PixelCorner& corner) {
  return {static_cast<double>(corner.x), static_cast<double>(corner.y)};
}

}  // namespace sightline::georef

#endif  // SIGHTLINE_SERVICES_GEOREF_ENGINE_FEATURES_VERTEX_MAPPER_H_
