// The outlines of all polygons as one network: arcs between the nodes where
// outlines meet, each held once, however many rings run along it.
//
// What is done to an arc is done to every ring that uses it. So neighbours stay
// neighbours: no gap and no overlap opens between them.
//
// Nodes are the pixel corners at which three or four cracks of outlines meet,
// and all corners on the mask's edge. An outline that runs straight past the
// corner of others has no vertex there of its own; in the network it gets one.
// A ring without nodes is one arc that ends where it begins, at its topmost,
// leftmost corner.
#ifndef SIGHTLINE_SERVICES_GEOREF_ENGINE_VECTOR_OUTLINE_GRAPH_H_
#define SIGHTLINE_SERVICES_GEOREF_ENGINE_VECTOR_OUTLINE_GRAPH_H_

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "common/stop/stop_token.h"
#include "services/georef/engine/vector/trace_polygons.h"

namespace sightline::georef {

struct OutlineArc {
  // Where its corners begin in OutlineGraph::corners, and how many, both ends
  // included; two or more.
  uint32_t first_corner = 0;
  uint32_t corner_count = 0;
};

// An arc as a part of a ring.
struct ArcUse {
  uint32_t arc = 0;
  bool is_reversed = false;
};

struct OutlineGraph {
  // The corners of all arcs, as indexes of the polygons' vertices. Each place
  // is named by one vertex, whichever ring that belongs to.
  std::vector<uint32_t> corners;
  std::vector<OutlineArc> arcs;
  // What each ring consists of, in its own direction, ring by ring.
  std::vector<ArcUse> uses;
  // For each ring where its uses begin; one entry more for the end.
  std::vector<uint32_t> first_use;
};

// The network of `traced`, which TracePolygons() gave for a mask of `width` by
// `height` pixels. Errors: InvalidArgument GEOREF_SIMPLIFY_OPTION_INVALID (a
// vertex lies outside the mask), or why `stop` stopped.
absl::StatusOr<OutlineGraph> BuildOutlineGraph(const TracedPolygons& traced,
                                               int width, int height,
                                               const StopToken& stop);

}  // namespace sightline::georef

#endif  // SIGHTLINE_SERVICES_GEOREF_ENGINE_VECTOR_OUTLINE_GRAPH_H_
