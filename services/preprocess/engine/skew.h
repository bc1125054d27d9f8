// By how much the lines of a page are tilted.
#ifndef SIGHTLINE_SERVICES_PREPROCESS_ENGINE_SKEW_H_
#define SIGHTLINE_SERVICES_PREPROCESS_ENGINE_SKEW_H_

#include <cstdint>

#include "absl/status/statusor.h"
#include "services/preprocess/engine/execution.h"
#include "services/preprocess/engine/pixel_view.h"

namespace sightline::preprocess {

struct SkewOptions {
  // Tilts are looked for up to this, 0.5..15 degrees either way.
  double max_degrees = 6;
};

struct Skew {
  // How far the lines run downhill to the right, in degrees; RotationMap() by
  // as much makes them level. 0 if doubtful.
  double degrees = 0;
  // How sharp rows of ink are at the best tilt, over the mean of all tilts that
  // were tried; 1 for a page without lines.
  double sharpness = 1;
  // Too little ink, or no tilt much better than the others, or a better one
  // beyond the range: the page had better be left as it is.
  bool is_doubtful = true;
};

// Thresholds the page at half its size (mean 31, offset 12), shears it in steps
// of 0.5 and then 0.1 degrees and takes the tilt at which rows differ most from
// their neighbours. For dark ink on light paper. Needs about width * height / 2
// bytes of working memory (SkewBytes). Errors: PREPROCESS_PARAMETER_INVALID,
// CheckRun(), RunBands(), Resize(). Thread-safe.
absl::StatusOr<Skew> EstimateSkew(const GrayView& in,
                                  const SkewOptions& options = {},
                                  const Execution& execution = {});

int64_t SkewBytes(int width, int height, int threads);

}  // namespace sightline::preprocess

#endif  // SIGHTLINE_SERVICES_PREPROCESS_ENGINE_SKEW_H_
