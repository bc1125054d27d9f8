// How printed bubbles and markers look, drawn from their description.
#ifndef SIGHTLINE_SERVICES_ALIGN_ENGINE_PRINTED_PATTERNS_H_
#define SIGHTLINE_SERVICES_ALIGN_ENGINE_PRINTED_PATTERNS_H_

#include <optional>

#include "common/geometry/homography.h"
#include "services/align/engine/patch.h"
#include "services/align/engine/reference.h"

namespace sightline::align {

// The outline of a bubble and the paper around it, `margin` pixels wide; the
// inside is not compared. `size` in pixels of the pattern. The patch's centre
// is (0, 0). nullopt if the bubble is too small to have an outline.
std::optional<Patch> OutlinePatch(ShapeKind kind, PixelSize size,
                                  double margin);

// A marker `size` pixels large with some paper around it. A ring's inside and
// a square's are as printed: rings are compared at their rim only. The patch's
// centre is (0, 0). nullopt if it has no structure, or is too small or large.
std::optional<Patch> MarkerPatch(const Marker& marker, PixelSize size);

}  // namespace sightline::align

#endif  // SIGHTLINE_SERVICES_ALIGN_ENGINE_PRINTED_PATTERNS_H_
