// A label mask that the caller brings along instead of a model.
#ifndef SIGHTLINE_SERVICES_GEOREF_ENGINE_SEGMENT_GIVEN_MASK_H_
#define SIGHTLINE_SERVICES_GEOREF_ENGINE_SEGMENT_GIVEN_MASK_H_

#include "absl/status/status.h"
#include "services/georef/engine/vector/trace_polygons.h"

namespace sightline::georef {

// OK if `mask` has the frame's size, pixels, and only labels below
// `class_count` (1..256). Errors, with an empty field path for PrefixFields():
// InvalidArgument GEOREF_MASK_INVALID, SEGMENT_MASK_SIZE_MISMATCH or
// SEGMENT_MASK_LABEL_OUT_OF_RANGE (which names the first such pixel).
// Thread-safe.
absl::Status CheckGivenMask(const LabelMask& mask, int frame_width,
                            int frame_height, int class_count);

}  // namespace sightline::georef

#endif  // SIGHTLINE_SERVICES_GEOREF_ENGINE_SEGMENT_GIVEN_MASK_H_
