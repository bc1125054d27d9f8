// What `auto` asks of a page beside polarity, specks and skew. Internal to the
// pipeline.
#ifndef SIGHTLINE_SERVICES_PREPROCESS_ENGINE_PIPELINE_PAGE_MEASURES_H_
#define SIGHTLINE_SERVICES_PREPROCESS_ENGINE_PIPELINE_PAGE_MEASURES_H_

#include "absl/status/statusor.h"
#include "services/preprocess/engine/despeckle.h"
#include "services/preprocess/engine/execution.h"
#include "services/preprocess/engine/pixel_view.h"

namespace sightline::preprocess {

// All look at a grid of up to 16 x 16 tiles of at least 16 pixels a side; a
// smaller page is one tile. They allocate at most kMeasureBytes for each
// thread. Errors: CheckRun(), RunBands(). Thread-safe.
inline constexpr int kMeasureBytes = 32768;

// Standard deviation of the noise in grays: EstimateNoise() of the tiles, the
// value that a quarter of them stay below. On a page of text strokes would
// count as noise; some tiles are nearly free of them.
absl::StatusOr<double> PaperNoise(const GrayView& in,
                                  const Execution& execution);

// Share of specks where there are fewest, 0..1: Speckles::share of tiles of at
// least 32 pixels a side, the value that a tenth of them stay below. Salt and
// pepper fall everywhere; ends of crisp strokes, which are specks by their
// looks, only where there is ink. Allocates despeckle.WorkingBytes() at most.
absl::StatusOr<double> QuietSpeckShare(const GrayView& in,
                                       const Despeckle& despeckle,
                                       const Execution& execution);

// By how much the dim parts of the paper are darker than the bright ones, 0..1:
// of each tile's paper (the gray of its 80th percentile) one minus the 10th
// percentile over the 90th.
absl::StatusOr<double> LightUnevenness(const GrayView& in,
                                       const Execution& execution);

// Grays between a page's ink (percentile 0.1: ink may be rare) and its paper
// (percentile 99).
absl::StatusOr<int> InkContrast(const GrayView& in, const Execution& execution);

// The lowest gray that at least `share` of the pixels do not exceed. 0..1.
absl::StatusOr<int> GrayPercentile(const GrayView& in, double share,
                                   const Execution& execution);

}  // namespace sightline::preprocess

#endif  // SIGHTLINE_SERVICES_PREPROCESS_ENGINE_PIPELINE_PAGE_MEASURES_H_
