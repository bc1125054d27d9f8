// Which of a label's polygons and holes are large enough to be told, and which
// polygons form a region together.
#ifndef SIGHTLINE_SERVICES_GEOREF_ENGINE_VECTOR_POLYGON_SELECTION_H_
#define SIGHTLINE_SERVICES_GEOREF_ENGINE_VECTOR_POLYGON_SELECTION_H_

#include <cstdint>

#include "services/georef/engine/vector/crack_corners.h"
#include "services/georef/engine/vector/ring_tracer.h"
#include "services/georef/engine/vector/trace_polygons.h"

namespace sightline::georef {

// Appends the polygons of `forest` that `options` let pass to `traced`.
// `first_vertex`: where the label's vertices begin in traced.vertices; those
// of rings that are left out are removed.
void SelectPolygons(const LabelMask& mask, uint8_t label,
                    const TraceOptions& options, const CrackCorners& corners,
                    const RingForest& forest, size_t first_vertex,
                    TracedPolygons& traced);

}  // namespace sightline::georef

#endif  // SIGHTLINE_SERVICES_GEOREF_ENGINE_VECTOR_POLYGON_SELECTION_H_
