// Stretches the grays of a page to the whole range.
#ifndef SIGHTLINE_SERVICES_PREPROCESS_ENGINE_STRETCH_H_
#define SIGHTLINE_SERVICES_PREPROCESS_ENGINE_STRETCH_H_

#include "absl/status/statusor.h"
#include "common/image/image.h"
#include "services/preprocess/engine/execution.h"
#include "services/preprocess/engine/pixel_view.h"

namespace sightline::preprocess {

struct StretchOptions {
  // What becomes 0 and what becomes 255: shares of all pixels in percent,
  // 0 <= low < high <= 100.
  double low_percent = 1;
  double high_percent = 99;
};

// The grays that became 0 and 255. Equal where there was nothing to stretch:
// the page was left as it is.
struct StretchedRange {
  int low = 0;
  int high = 255;
};

// pixel_rules/light.h says which grays. Thread-safe.
class Stretch {
 public:
  // Errors: PREPROCESS_PARAMETER_INVALID.
  static absl::StatusOr<Stretch> Create(const StretchOptions& options);

  // `out` gets the size of `in` and must not be it. Allocates nothing else.
  // Errors: CheckRun(), RunBands(), Resize().
  absl::StatusOr<StretchedRange> Run(const GrayView& in, GrayImage& out,
                                     const Execution& execution = {}) const;

 private:
  explicit Stretch(const StretchOptions& options) : options_(options) {}
  StretchOptions options_;
};

}  // namespace sightline::preprocess

#endif  // SIGHTLINE_SERVICES_PREPROCESS_ENGINE_STRETCH_H_
