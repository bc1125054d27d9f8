// Otsu's threshold.
#ifndef SIGHTLINE_SERVICES_PREPROCESS_ENGINE_OTSU_H_
#define SIGHTLINE_SERVICES_PREPROCESS_ENGINE_OTSU_H_

#include "absl/status/statusor.h"
#include "common/image/image.h"
#include "services/preprocess/engine/execution.h"
#include "services/preprocess/engine/pixel_view.h"

namespace sightline::preprocess {

struct OtsuOptions {
  // Ink becomes white.
  bool is_inverted = false;
};

// Pixels above the threshold become 255, the others 0: the bits of OpenCV's
// threshold with THRESH_OTSU (pixel_rules/otsu.h). Returns the threshold; 0 for
// a page of one gray. `out` gets the size of `in` and must not be it. Errors:
// CheckRun(), RunBands(), Resize(). Thread-safe.
absl::StatusOr<int> ApplyOtsu(const GrayView& in, GrayImage& out,
                              const OtsuOptions& options = {},
                              const Execution& execution = {});

}  // namespace sightline::preprocess

#endif  // SIGHTLINE_SERVICES_PREPROCESS_ENGINE_OTSU_H_
