// How often each gray occurs.
#ifndef SIGHTLINE_SERVICES_PREPROCESS_ENGINE_HISTOGRAM_H_
#define SIGHTLINE_SERVICES_PREPROCESS_ENGINE_HISTOGRAM_H_

#include <array>
#include <cstdint>

#include "absl/status/statusor.h"
#include "services/preprocess/engine/execution.h"
#include "services/preprocess/engine/pixel_view.h"

namespace sightline::preprocess {

using Histogram = std::array<int64_t, 256>;

// Errors: CheckRun(), RunBands(). Thread-safe.
absl::StatusOr<Histogram> CountGrays(const GrayView& in,
                                     const Execution& execution = {});

// Adds n pixels to four tables of 256 counts, whose sum is the histogram: equal
// neighbours would wait for each other in one.
void CountRow(const uint8_t* row, int n, uint32_t* counts);

}  // namespace sightline::preprocess

#endif  // SIGHTLINE_SERVICES_PREPROCESS_ENGINE_HISTOGRAM_H_
