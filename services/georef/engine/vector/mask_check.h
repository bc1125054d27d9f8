// Whether a label mask is one: what every function that takes a mask asks
// first.
#ifndef SIGHTLINE_SERVICES_GEOREF_ENGINE_VECTOR_MASK_CHECK_H_
#define SIGHTLINE_SERVICES_GEOREF_ENGINE_VECTOR_MASK_CHECK_H_

#include "absl/status/status.h"
#include "services/georef/engine/vector/trace_polygons.h"

namespace sightline::georef {

// Errors: InvalidArgument GEOREF_MASK_INVALID, the field named.
absl::Status CheckMask(const LabelMask& mask);

}  // namespace sightline::georef

#endif  // SIGHTLINE_SERVICES_GEOREF_ENGINE_VECTOR_MASK_CHECK_H_
