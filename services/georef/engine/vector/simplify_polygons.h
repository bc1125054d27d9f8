// Fewer vertices for traced polygons, within a tolerance in metres and without
// a change of who borders on whom.
//
// What is promised of the answer, in the plane of the given positions:
// 1. Every vertex is one of the traced vertices. No point of an outline is
//    farther than the tolerance from its simplified form, nor the other way
//    round.
// 2. Every ring is simple, has three vertices or more and keeps its
//    orientation; rings neither cross nor touch except at corners where they
//    touched before; holes and islands stay in their polygons. So every polygon
//    is valid in the sense of OGC Simple Features.
// 3. What is common to two outlines is simplified once: neighbours of
//    different labels have the same vertices along their common border, and no
//    gap or overlap opens between them. Corners where more than two outlines
//    meet stay, and so does every corner on the mask's edge. An outline that
//    runs straight past such a corner gets it as a vertex.
//
// The method: chains of corners between those that stay are simplified by
// Douglas and Peucker, and where this breaks promise 2, corners come back
// (chord_conflicts.h).
#ifndef SIGHTLINE_SERVICES_GEOREF_ENGINE_VECTOR_SIMPLIFY_POLYGONS_H_
#define SIGHTLINE_SERVICES_GEOREF_ENGINE_VECTOR_SIMPLIFY_POLYGONS_H_

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "common/stop/stop_token.h"
#include "services/georef/engine/vector/plane_point.h"
#include "services/georef/engine/vector/trace_polygons.h"

namespace sightline::georef {

struct SimplifyOptions {
  // Metres, 0..kMaximumPlaneCoordinate. 0 leaves out only what lies exactly on
  // a straight line.
  double tolerance_m = 0;
  // The most vertices that the rings of the answer may have together, 0 for no
  // limit. Where the tolerance leaves more, it is raised until they fit.
  int64_t maximum_vertices = 0;
};

// The largest absolute coordinate in metres.
inline constexpr double kMaximumPlaneCoordinate = 1e8;

struct SimplifiedPolygons {
  // Rings and polygons as given, in the same order, with the vertices that are
  // left. What they say of pixels (counts, boxes) is still said of the mask's.
  TracedPolygons polygons;
  // By vertex of `polygons`: a vertex at the same place among those given,
  // possibly one of another ring.
  std::vector<uint32_t> sources;
  // What was left out by: the tolerance asked for, or the one that the limit of
  // vertices took, within a few per cent of the least that a search finds.
  double tolerance_m = 0;
};

// Simplifies `traced`, which TracePolygons() gave for a mask of `mask_width` by
// `mask_height` pixels. `positions`: in metres, for each of traced.vertices;
// the same for vertices at the same corner. They must keep apart what is apart
// on the mask, turned over or not: a camera's view of the ground does, in any
// plane map that does not fold it.
//
// Deterministic; thread-safe. Takes about 0.1 us a vertex where outlines are
// smooth. Allocates at most SimplifyPolygonsBytes(). Errors: InvalidArgument
// GEOREF_SIMPLIFY_OPTION_INVALID or GEOREF_POSITIONS_INVALID (another number
// than vertices, not finite, too large, or outlines cross with all their
// corners), ResourceExhausted GEOREF_TOO_MANY_VERTICES (those that stay are
// more than allowed) or GEOREF_OUT_OF_MEMORY, or why `stop` stopped.
absl::StatusOr<SimplifiedPolygons> SimplifyPolygons(
    const TracedPolygons& traced, int mask_width, int mask_height,
    absl::Span<const PlanePoint> positions, const SimplifyOptions& options,
    const StopToken& stop);

// The most bytes that SimplifyPolygons() holds at once for these polygons, its
// answer included.
int64_t SimplifyPolygonsBytes(const TracedPolygons& traced, int mask_width,
                              int mask_height);

}  // namespace sightline::georef

#endif  // SIGHTLINE_SERVICES_GEOREF_ENGINE_VECTOR_SIMPLIFY_POLYGONS_H_
