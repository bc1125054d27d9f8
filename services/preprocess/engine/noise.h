// How noisy a page is.
#ifndef SIGHTLINE_SERVICES_PREPROCESS_ENGINE_NOISE_H_
#define SIGHTLINE_SERVICES_PREPROCESS_ENGINE_NOISE_H_

#include "absl/status/statusor.h"
#include "services/preprocess/engine/execution.h"
#include "services/preprocess/engine/pixel_view.h"

namespace sightline::preprocess {

// Standard deviation of the noise in grays, after Immerkaer (1996): what is
// left where a mask is deaf to edges and gradients. Texture counts as noise.
// 0 for pages below 3 x 3 pixels. Errors: CheckRun(), RunBands(). Thread-safe.
absl::StatusOr<double> EstimateNoise(const GrayView& in,
                                     const Execution& execution = {});

}  // namespace sightline::preprocess

#endif  // SIGHTLINE_SERVICES_PREPROCESS_ENGINE_NOISE_H_
