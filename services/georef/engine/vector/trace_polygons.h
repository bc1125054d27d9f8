// Turns a label mask into polygons whose outlines run exactly along the edges
// of the pixels, so that a polygon's area is its number of pixels.
//
// Every polygon is valid in the sense of OGC Simple Features (06-103r4, 6.1.11)
// by construction: one that covers pixels which are connected through their
// sides. A ring that would touch itself at a corner becomes several rings that
// touch there; pixels that meet at a corner only become several polygons.
// Rings hold corners only, no point on a straight line.
//
// Coordinates are corner-based pixels: x to the right, y downwards, the mask
// covers (0, 0)..(width, height). Outer rings run counter-clockwise and holes
// clockwise as one sees them on the picture with y downwards: the orientation
// of RFC 7946 once a frame is laid on the map unmirrored. (The shoelace sum in
// pixel coordinates is therefore negative for outer rings.)
#ifndef SIGHTLINE_SERVICES_GEOREF_ENGINE_VECTOR_TRACE_POLYGONS_H_
#define SIGHTLINE_SERVICES_GEOREF_ENGINE_VECTOR_TRACE_POLYGONS_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "common/stop/stop_token.h"

namespace sightline::georef {

// A view of one label a pixel; the caller keeps the pixels.
struct LabelMask {
  const uint8_t* labels = nullptr;
  // Pixels, 1..kMaximumMaskSide each.
  int width = 0;
  int height = 0;
  // Bytes from one row to the next, at least the width.
  ptrdiff_t stride = 0;
};
inline constexpr int kMaximumMaskSide = 65535;

// A corner of pixels.
struct PixelCorner {
  int32_t x = 0;
  int32_t y = 0;
  bool operator==(const PixelCorner&) const = default;
};

// The smallest upright box around a polygon; right and bottom lie outside its
// last pixels.
struct PixelBox {
  int32_t left = 0;
  int32_t top = 0;
  int32_t right = 0;
  int32_t bottom = 0;
  bool operator==(const PixelBox&) const = default;
};

// A closed ring; its first vertex is not repeated at its end.
struct TracedRing {
  // Where its vertices begin in TracedPolygons::vertices, and how many.
  uint32_t first_vertex = 0;
  uint32_t vertex_count = 0;
  // Pixels within it, whatever their labels.
  int64_t enclosed_pixels = 0;
};

inline constexpr uint32_t kNoHole = 0xffffffff;

struct TracedPolygon {
  uint8_t label = 0;
  // The region it is a part of. With Connectivity::kSides each polygon is a
  // region of its own; with kSidesAndCorners all polygons of a region together
  // form a valid multi-polygon whose parts touch at corners.
  uint32_t region = 0;
  // Where its rings begin in TracedPolygons::rings, the outer one first.
  uint32_t first_ring = 0;
  uint32_t ring_count = 0;
  // Pixels it covers, those of closed holes included.
  int64_t pixel_count = 0;
  PixelBox box;
  // It touches the mask's edge: what it shows may go on outside.
  bool truncated_by_edge = false;
  // The smallest hole of the same label's polygons that it lies in, as an index
  // of TracedPolygons::rings; kNoHole if it lies in none, or if the polygon
  // around it was left out.
  uint32_t containing_hole = kNoHole;
};

// Polygons in the order of their labels (as asked for, or ascending), then of
// the topmost, leftmost corner of their regions, then of their own.
struct TracedPolygons {
  std::vector<PixelCorner> vertices;
  std::vector<TracedRing> rings;
  std::vector<TracedPolygon> polygons;

  absl::Span<const TracedRing> RingsOf(const TracedPolygon& polygon) const {
    return absl::MakeConstSpan(rings).subspan(polygon.first_ring,
                                              polygon.ring_count);
  }
  absl::Span<const PixelCorner> VerticesOf(const TracedRing& ring) const {
    return absl::MakeConstSpan(vertices).subspan(ring.first_vertex,
                                                 ring.vertex_count);
  }
};

// Which pixels of one label belong to the same region.
enum class Connectivity {
  // Those with a common side.
  kSides = 4,
  // Those with a common side or corner.
  kSidesAndCorners = 8,
};

struct TraceOptions {
  // Labels to trace, each once; empty: every label of the mask but 0.
  std::vector<uint8_t> labels;
  Connectivity connectivity = Connectivity::kSides;
  // Regions of fewer pixels are left out; at least 1. Closed holes count.
  int64_t minimum_region_pixels = 1;
  // Holes that enclose fewer pixels are closed, and with them vanish the
  // polygons of the same label inside; at least 1. Polygons of other labels
  // inside stay, and are then covered by both.
  int64_t minimum_hole_pixels = 1;
  // The most corners the outlines of all labels may have, before small regions
  // are left out; 4..kMaximumVertices.
  int64_t maximum_vertices = 1'000'000;
};
inline constexpr int64_t kMaximumVertices = 500'000'000;

// The polygons of `mask`. Deterministic; thread-safe. Allocates at most
// TracePolygonsBytes(). A mask without the labels gives no polygons.
// Errors: InvalidArgument GEOREF_MASK_INVALID or GEOREF_TRACE_OPTION_INVALID,
// ResourceExhausted GEOREF_TOO_MANY_VERTICES or GEOREF_OUT_OF_MEMORY, or why
// `stop` stopped.
absl::StatusOr<TracedPolygons> TracePolygons(const LabelMask& mask,
                                             const TraceOptions& options,
                                             const StopToken& stop);

// The most bytes that TracePolygons holds at once, its answer included, for
// any mask of this size; both must be valid.
int64_t TracePolygonsBytes(int width, int height, const TraceOptions& options);

}  // namespace sightline::georef

#endif  // SIGHTLINE_SERVICES_GEOREF_ENGINE_VECTOR_TRACE_POLYGONS_H_
