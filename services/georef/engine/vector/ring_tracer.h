// Follows the cracks of a label around its polygons and holes, and tells which
// ring lies in which. Rings that touch themselves are split: the answer's
// rings are simple.
#ifndef SIGHTLINE_SERVICES_GEOREF_ENGINE_VECTOR_RING_TRACER_H_
#define SIGHTLINE_SERVICES_GEOREF_ENGINE_VECTOR_RING_TRACER_H_

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "common/stop/stop_token.h"
#include "services/georef/engine/vector/crack_corners.h"
#include "services/georef/engine/vector/trace_polygons.h"

namespace sightline::georef {

inline constexpr uint32_t kNoRing = 0xffffffff;

// A simple ring of a polygon.
struct OwnedRing {
  TracedRing ring;
  // The polygon it belongs to, and whether it is its outer ring.
  uint32_t polygon = 0;
  bool is_outer = false;
};

// Polygons in the order of their topmost, leftmost corners; rings that lie
// within others come after them.
struct RingForest {
  std::vector<OwnedRing> rings;
  // For each polygon: the hole it lies in, as an index of `rings`; kNoRing if
  // it lies in none.
  std::vector<uint32_t> containing_hole;
  // For each corner: the polygon whose outline turns there.
  std::vector<uint32_t> polygon_of_corner;
};

// Appends the vertices of every ring to `vertices`. Errors: why `stop`
// stopped.
absl::StatusOr<RingForest> TraceRings(const CrackCorners& corners,
                                      const StopToken& stop,
                                      std::vector<PixelCorner>& vertices);

}  // namespace sightline::georef

#endif  // SIGHTLINE_SERVICES_GEOREF_ENGINE_VECTOR_RING_TRACER_H_
