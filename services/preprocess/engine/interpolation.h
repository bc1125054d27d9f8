// Linear and cubic scaling: the rows of a page are scaled once each, and two or
// four of them make a row of the result. Internal to Scale.
#ifndef SIGHTLINE_SERVICES_PREPROCESS_ENGINE_INTERPOLATION_H_
#define SIGHTLINE_SERVICES_PREPROCESS_ENGINE_INTERPOLATION_H_

#include <cstdint>

#include "absl/status/status.h"
#include "common/image/image.h"
#include "services/preprocess/engine/execution.h"
#include "services/preprocess/engine/pixel_view.h"

namespace sightline::preprocess {

// Upper bound of what Interpolate() allocates for a page `source_width` wide
// and a result of `width`.
int64_t InterpolationBytes(int source_width, int width, int threads);

// Scales `in` to the size that `out` has, by pixel_rules/resize.h. `out` must
// not be `in`. Errors: RunBands(). Thread-safe.
absl::Status Interpolate(const GrayView& in, bool is_cubic,
                         const Execution& execution, GrayImage& out);

}  // namespace sightline::preprocess

#endif  // SIGHTLINE_SERVICES_PREPROCESS_ENGINE_INTERPOLATION_H_
