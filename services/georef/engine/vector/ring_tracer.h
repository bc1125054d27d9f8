// Follows the cracks of a label around its polygons and holes, and tells which
// ring lies in which. Rings that touch themselves are split: the answer's
// rings are simple.
#ifndef SIGHTLINE_SERVICES_GEOREF_ENGINE_VECTOR_RING_TRACER_H_
#define SIGHTLINE_SERVICES_GEOREF_ENGINE_VECTOR_RING_TRACER_H_

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
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

class RingTracer {
 public:
  // Appends the vertices of every ring to `vertices`. The answer is valid until
  // the next call, which uses its memory again. Errors: why `stop` stopped.
  absl::StatusOr<const RingForest*> Trace(const CrackCorners& corners,
                                          const StopToken& stop,
                                          std::vector<PixelCorner>& vertices);

 private:
  // A vertex of a walk, and the vertical crack by which the walk leaves it
  // (named by its upper corner; kNoCorner if it leaves horizontally).
  struct Step {
    uint32_t corner;
    uint32_t crack;
  };

  void WalkFrom(uint32_t start, uint32_t walk);
  uint32_t HoleAt(uint32_t left_ring) const;
  bool CollectSteps(uint32_t start, bool is_outer, uint32_t walk,
                    uint32_t polygon);
  void EmitSplit(uint32_t polygon, bool is_outer);
  void Emit(absl::Span<const Step> steps, uint32_t polygon, bool is_outer);
  void EmitAs(size_t index, absl::Span<const Step> steps, uint32_t polygon,
              bool is_outer);

  const CrackCorners* corners_ = nullptr;
  std::vector<PixelCorner>* vertices_ = nullptr;
  std::vector<uint32_t> ring_of_crack_;  // by the crack's upper corner
  std::vector<uint32_t> walk_of_corner_;
  std::vector<uint32_t> position_;  // in pending_, while a ring is split
  std::vector<Step> steps_;
  std::vector<Step> pending_;
  RingForest forest_;
};

}  // namespace sightline::georef

#endif  // SIGHTLINE_SERVICES_GEOREF_ENGINE_VECTOR_RING_TRACER_H_
